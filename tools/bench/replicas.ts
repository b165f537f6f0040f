import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { pg } from '../../db/postgres/driver.ts';
import { openPostgresStores } from '../../db/postgres/index.ts';
import { hasPostgres, startPostgres } from '../../tests/fakes/postgres.ts';
import { type Bot, startBot } from './bot.ts';
import { digestsIn, prepareDay, slackChannel, teamsOf } from './channel-day.ts';
import { type Comparison, readComparison } from './replayed/setup.ts';
import { publish } from './report.ts';
import { type Latencies, latenciesOf } from './requests.ts';
import { messageMs, startLimitedSlack } from './slack-limit.ts';

// Measures the morning of many channels that share few rubrics, with several bots on one Postgres database:
// `npm run bench -- replicas --days DIR [--replicas N] [--replica-channels N,N] [--rubrics N] [--replica-papers N]
// [--idle-seconds S] [--json FILE] [--docs]`.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: {
    replicas: { type: 'string', default: '3' },
    'replica-channels': { type: 'string', default: '100,1000' },
    'replica-papers': { type: 'string', default: '200' },
    rubrics: { type: 'string', default: '10' },
    'idle-seconds': { type: 'string', default: '60' },
  },
});
const count = z.coerce.number().int().positive();
const replicas = count.parse(values.replicas);
const rubrics = count.parse(values.rubrics);
const papers = count.parse(values['replica-papers']);
const idleSeconds = count.parse(values['idle-seconds']);
const counts = String(values['replica-channels'])
  .split(',')
  .map((text) => count.parse(text));

const tokenMs = 12;
const limits = { tokensPerMinute: 2_000_000, parallel: 30 };
const pollMs = 200;
const commandMs = 300;
const patienceMs = 60 * 60_000;

/** Log lines of the scheduler by which a channel's run is over. */
const isOver = /"channel":"([^"]+)".*"msg":"(run ended|run failed|run incomplete)/g;

type Statements = { all: number; often: { query: string; calls: number }[] };

/** Statements since the last call, those within transactions and of the work queue included. */
const takeStatements = async (client: InstanceType<typeof pg.Client>): Promise<Statements> => {
  const { rows } = await client.query<Statements['often'][number]>(
    `SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 160) AS query, calls::int AS calls FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY calls DESC`,
  );
  await client.query('SELECT pg_stat_statements_reset()');
  return { all: rows.reduce((sum, { calls }) => sum + calls, 0), often: rows.slice(0, 40) };
};

/** Sends commands to a channel's page, one after another, until it is ended. */
const sendCommands = (url: string, name: string) => {
  const stopped = new AbortController();
  const times: number[] = [];
  const failures: string[] = [];
  const commands = ['top', 'status', 'search graph neural networks', 'stats', 'help'];
  const sending = (async () => {
    const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    for (let sent = 0; !stopped.signal.aborted; sent += 1) {
      const text = commands[sent % commands.length] ?? '';
      const began = performance.now();
      const answer = await fetch(`${url}${name}/commands`, {
        method: 'POST',
        headers: { cookie, accept: 'text/html-fragment', 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ text, page: 'index.html' }),
      });
      const body = await answer.text();
      times.push(performance.now() - began);
      if (answer.status !== 200 || body === '') failures.push(`${text}: ${answer.status} ${body.slice(0, 100)}`);
      await delay(commandMs);
    }
  })();
  return {
    async end(): Promise<Latencies & { failures: string[] }> {
      stopped.abort();
      await sending;
      return { ...latenciesOf(times), failures };
    },
  };
};

const measure = async (comparison: Comparison, channels: number) => {
  const { server, model, scorer } = comparison;
  const names = teamsOf(channels);
  const {
    date,
    files,
    channels: configured,
    env,
    close,
  } = await prepareDay(comparison, papers, names, {
    post: slackChannel,
    rubrics,
  });
  // Its page answers commands.
  configured[0]?.post.push('web');
  server.set({ tokenMs, limits });
  server.take();
  const postgres = await startPostgres({ shared_preload_libraries: 'pg_stat_statements' });
  const slack = await startLimitedSlack();
  const bots: Bot[] = [];
  try {
    const url = await postgres.createDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('CREATE EXTENSION pg_stat_statements');
    const began = performance.now();
    for (let index = 0; index < replicas; index += 1)
      bots.push(
        await startBot({
          args: ['start'],
          files,
          config: { scorer: { model, dailyBudgetUsd: 10_000, ...scorer }, channels: configured },
          env: {
            ...env,
            ...slack.env,
            SLACK_SIGNING_SECRET: 'bench',
            DATABASE_URL: url,
            ...{ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-local' },
          },
        }),
      );
    const commands = sendCommands(bots.at(-1)?.url ?? '', names[0] ?? '');
    const ends = (): Map<string, string> =>
      new Map(bots.flatMap((bot) => [...bot.output().matchAll(isOver)].map(([, name = '', end = '']) => [name, end])));
    while (ends().size < channels) {
      if (performance.now() - began > patienceMs)
        throw new Error(`not all channels ended:\n${bots.map((bot) => bot.output().slice(-2_000)).join('\n')}`);
      await delay(pollMs);
    }
    const seconds = (performance.now() - began) / 1_000;
    const answered = await commands.end();
    const statements = await takeStatements(client);
    const failed = [...ends().values()].filter((end) => end !== 'run ended').length;
    await delay(idleSeconds * 1_000);
    const idle = await takeStatements(client);
    await client.end();
    const stores = await openPostgresStores(url);
    const made = await digestsIn(stores, names, date);
    await stores.close();
    const usages = await Promise.all(bots.map((bot) => bot.stop()));
    const { posted, refused } = slack.state();
    const { calls, maxOpen } = server.take();
    return {
      ...{ channels, seconds, failed, statements, idle, calls: calls.length, maxOpen, refused, ...made },
      messages: posted.reduce((sum, each) => sum + each, 0),
      most: Math.max(...posted),
      commands: answered,
      cpuSeconds: usages.reduce((sum, { cpuMs }) => sum + cpuMs / 1_000, 0),
      peakMb: Math.max(...usages.map(({ maxRssMb }) => maxRssMb)),
    };
  } finally {
    for (const bot of bots) await bot.close();
    await slack.close();
    await close();
    await postgres.stop();
  }
};

const comparison = hasPostgres ? await readComparison() : undefined;
if (!hasPostgres) console.log('replicas: left out, because this machine has no Postgres');
else if (!comparison) console.log('replicas: left out, because it needs days with known picks (--days DIR)');
else {
  try {
    const measured: (Awaited<ReturnType<typeof measure>> & { load: number })[] = [];
    for (const channels of counts) measured.push({ ...(await measure(comparison, channels)), load: loadavg()[0] ?? 0 });
    const [first] = measured;
    const loads = measured.map(({ load }) => load);
    await publish({
      part: 'replicas',
      tables: [
        [
          [
            ...['channels', 'seconds', 'for the messages alone', 'digests', 'failed runs', 'fallbacks', 'calls'],
            ...['statements per channel', 'per second and process when idle', 'own CPU per channel, s', 'ratio'],
            ...['peak memory of a process, MB', 'commands p50, ms', 'p99, ms', 'max'],
          ],
          ...measured.map((one) => [
            ...[String(one.channels), one.seconds.toFixed(0), (((one.most - 1) * messageMs) / 1_000).toFixed(0)],
            ...[String(one.digests), String(one.failed), String(one.fallbacks), String(one.calls)],
            ...[(one.statements.all / one.channels).toFixed(0), (one.idle.all / idleSeconds / replicas).toFixed(1)],
            (one.cpuSeconds / one.channels).toFixed(3),
            (one.cpuSeconds / one.channels / ((first?.cpuSeconds ?? 0) / (first?.channels ?? 1))).toFixed(2),
            one.peakMb.toFixed(0),
            ...[one.commands.p50, one.commands.p99, one.commands.max].map((ms) => ms.toFixed(0)),
          ]),
        ],
      ],
      notes: [
        `${replicas} processes with the role \`all\` and one Postgres database. The channels share ${rubrics} rubrics and post ${papers} papers' picks to a Slack channel each, which accepts a message per second.`,
        'Seconds are from the start of the first process to the end of the last run. The time of the messages alone is that of one channel.',
        'Statements are all that Postgres counted (pg_stat_statements), those of the work queue and of the start included, divided by the channels.',
        'CPU time is the sum of all processes, starts included, without that of Postgres.',
        `Commands are sent to a process's page, one every ${commandMs} ms, until the last run has ended.`,
        `The machine has ${availableParallelism()} cores, which Postgres and the servers of Slack, arXiv and the model share. Its load was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
      ],
      data: { replicas, rubrics, papers, measured },
    });
    for (const { channels, commands } of measured)
      if (commands.failures.length > 0)
        console.log(`${channels} channels: ${[...new Set(commands.failures)].join('; ')}`);
  } finally {
    await comparison.server.close();
  }
}
