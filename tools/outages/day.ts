import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { createHome, type Running, stop, waitForOutput } from '../../tests/end-to-end/harness.ts';
import { makeCertificates } from './certificates.ts';
import type { Failure } from './failures.ts';
import { type Digest, type Outcome, readDigest, type Told } from './outcome.ts';
import { failingDate, followedAuthor, type RemoteName, remoteNames, startRemotes } from './remotes.ts';

/** How many times as fast the bot's time passes while it waits. */
export const speed = 120;

/** The failure of a day without one. */
export const idealName = 'none';

const [idleClock, memoryHook] = ['idle-clock.ts', 'memory-hook.ts'].map(
  (name) => pathToFileURL(join(import.meta.dirname, name)).href,
);

const startsAt = '2025-07-08T12:52:00Z';
const scheduledAt = Date.parse('2025-07-08T13:00:00Z');

const minuteMs = 60_000;
/** After the run, so that the admins have been told: keep-health.ts. */
const toldMs = 18 * minuteMs;
/** For a run that hangs, and for the day after the outage. */
const maxRunMs = 40 * minuteMs;
const maxRecoveryMs = 90 * minuteMs;
const lookMs = 500;
const endMs = 2_000;
const maxStartWaits = 4;

const healthSchema = z.object({
  time: z.string(),
  status: z.string(),
  channels: z.array(
    z.object({
      phase: z.string(),
      newestDigest: z.string().nullable(),
      lastRun: z.object({ at: z.string(), status: z.string() }).nullable(),
    }),
  ),
  platforms: z.array(z.object({ platform: z.string(), connected: z.boolean() })),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string().nullable() })),
});
type Health = z.infer<typeof healthSchema>;

const textOf = (html: string): string =>
  html
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<\/(p|li|h\d|div)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .trim();

/** What the bot says about itself on its own pages. */
const createWindow = (url: string) => {
  /** Again if the bot has just closed the connection that is reused. */
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, init).catch(() => fetch(`${url}${path}`, init));
  const asReader = async (): Promise<{ cookie: string }> => ({
    cookie: (await get('')).headers.get('set-cookie')?.split(';', 1)[0] ?? '',
  });
  return {
    health: async (): Promise<Health> => healthSchema.parse(await (await get('healthz')).json()),
    async digest(): Promise<Digest | undefined> {
      const response = await get(`gears/${failingDate}.json`);
      return response.ok ? readDigest(await response.json()) : undefined;
    },
    async notice(): Promise<string> {
      const html = await (await get('gears/', { headers: await asReader() })).text();
      return textOf(/<div class="notice problems"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '');
    },
    async status(): Promise<string> {
      const headers = { ...(await asReader()), accept: 'text/html-fragment', 'sec-fetch-site': 'same-origin' };
      const body = new URLSearchParams({ text: 'status', page: 'index.html' });
      return textOf(await (await get('gears/commands', { method: 'POST', headers, body })).text());
    },
  };
};

/** @throws Error if the bot ends, or takes longer than a machine with very much other work needs. */
const addressOf = async (bot: Running): Promise<string> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      return (await waitForOutput(bot, /"url":"([^"]+)","msg":"serving the web page"/))[1] ?? '';
    } catch (error) {
      if (attempt === maxStartWaits) throw error;
    }
};

const configOf = (destination: string, admin: string): string =>
  JSON.stringify({
    timezone: 'America/New_York',
    schedule: '0 9 * * *',
    backup: 'off',
    admins: [admin],
    scorer: { model: 'gpt-4o-mini', batchSize: 4, concurrency: 2, prefilter: 'off' },
    channels: [
      {
        name: 'gears',
        post: [destination, 'web'],
        categories: ['cs.LG', 'cs.AI'],
        topics: 'topics.md',
        cutoffs: { relevance: 7, novelty: 6 },
        authors: [followedAuthor],
        top: 50,
      },
    ],
  });

/** Loglines that a person who reads the log would notice. */
const alarmsIn = (output: string): string[] =>
  output.split('\n').flatMap((line) => {
    if (!/"level":(40|50|60)\b|"level":"(warn|error|fatal)"/.test(line)) return [];
    return /"msg":"([^"]*)"/.exec(line)?.[1] ?? [];
  });

const problemsIn = (status: string): string[] => {
  const [, ...lines] = status.split('\n').map((line) => line.trim());
  const end = lines.findIndex((line) => /^(Now|Last run|Next run): /.test(line));
  return lines.slice(0, Math.max(0, end)).filter((line) => line !== '' && !/problem/.test(line));
};

/** Of a paper that gives orders to language models, in every digest of the day. */
const isAlways = (notice: string): boolean => notice.includes('addresses language models');

const memoryFile = (folder: string, name: string): string => join(folder, `${name}-memory.txt`);

/**
 * Makes a day with a bot of its own. The remote fails from before the scheduled time until the admins have been told,
 * and is well again afterwards. Without a failure, the day is the ideal.
 */
export const makeDay = async (remote: RemoteName, failure: Failure | undefined): Promise<Outcome> => {
  const folderOfKeys = await createHome({});
  const certificates = failure?.needsTls ? await makeCertificates(folderOfKeys.folder, `${remote}.test`) : undefined;
  const remotes = await startRemotes(remote, speed, certificates);
  const { chat } = remotes;
  const gate = remotes.gates[remote];
  if (!gate) throw new Error(`${remote} has no gate`);
  const home = await createHome({ config: configOf(chat.destination, chat.admin) });
  const hosts = join(home.folder, 'hosts.txt');
  const started = performance.now();
  const launch = (name: string, args: readonly string[], env: Record<string, string>): Running => {
    const running = home.start(args, {
      ...remotes.env,
      ...{ NODE_OPTIONS: `--import ${idleClock} --import ${memoryHook}`, OUTAGES_SPEED: String(speed) },
      ...{ OUTAGES_HOSTS: hosts, OUTAGES_MEMORY: memoryFile(home.folder, name) },
      ...env,
    });
    // Otherwise it would go on if the measurement is stopped.
    const kill = (): void => running.kill('SIGKILL');
    process.once('exit', kill);
    void running.ended.then(() => process.off('exit', kill));
    return running;
  };
  const memoryOf = async (name: string): Promise<number | undefined> =>
    readFile(memoryFile(home.folder, name), 'utf8').then(Number, () => undefined);

  try {
    const bot = launch('bot', ['start'], { PAPERBOY_NOW: startsAt, PAPERBOY_HTTP: '127.0.0.1:0' });
    let isOver = false;
    void bot.ended.then(() => {
      isOver = true;
    });
    const url = await addressOf(bot);
    const window = createWindow(url);
    const until = async (
      what: string,
      isThere: (health: Health) => boolean,
      latest: number,
    ): Promise<Health | undefined> => {
      for (;;) {
        const health = await window.health().catch(async (error: unknown) => {
          // It has ended if its output ends in a moment.
          await Promise.race([bot.ended, delay(endMs)]);
          throw isOver ? new Error(`the bot ended before ${what}:\n${bot.output().slice(-3_000)}`) : error;
        });
        if (isThere(health)) return health;
        if (Date.parse(health.time) > latest) return undefined;
        await delay(lookMs);
      }
    };
    const isCalm = ({ channels, checks, status }: Health): boolean =>
      status === 'ready' &&
      channels.every(({ phase, lastRun }) => phase === 'idle' && lastRun !== null) &&
      checks.some(({ name, ok }) => name.startsWith('listening') && ok);
    if (!(await until('the day before', isCalm, scheduledAt)))
      throw new Error(`the day before is late:\n${bot.output().slice(-3_000)}`);

    remotes.announce(failingDate);
    const outputBefore = bot.output().length;
    const bodiesBefore = gate.bodies.length;
    if (failure) await gate.fail(failure);
    if (failure?.host) await writeFile(hosts, `${gate.host} ${failure.host}`);

    const runEnd = ({ channels: [channel] }: Health): number => Date.parse(channel?.lastRun?.at ?? '');
    const ended = await until('the run', (health) => runEnd(health) >= scheduledAt, scheduledAt + maxRunMs);
    const runMs = ended ? runEnd(ended) - scheduledAt : undefined;
    const now = Date.parse((await window.health()).time);
    if (failure) await until('the notice', () => false, now + toldMs);

    const seen = await window.health();
    const status = await window.status();
    const notice = await window.notice();
    const doctorStarted = performance.now();
    const doctor = await launch('doctor', ['doctor'], { PAPERBOY_NOW: seen.time, PAPERBOY_HTTP: '127.0.0.1:0' }).ended;
    const doctorMs = performance.now() - doctorStarted;
    const during = await window.digest();
    const shownDuring = (await chat.digests()).at(1) ?? [];
    const failedRequests = gate.failed();

    if (failure) await gate.fail(undefined);
    await rm(hosts, { force: true });
    const over = Date.parse((await window.health()).time);
    const expected = remote === 'arxiv' ? undefined : during?.papers.length;
    const isThere = async (): Promise<boolean> => {
      const digest = await window.digest();
      const shown = (await chat.digests()).at(1) ?? [];
      return digest !== undefined && shown.length >= (expected ?? digest.papers.length);
    };
    let recoveredMs: number | undefined = 0;
    let lastRun = runEnd(seen);
    // Only a run changes it.
    while (failure && !(await isThere())) {
      const next = await until('the end of the day', (health) => runEnd(health) > lastRun, over + maxRecoveryMs);
      if (!next) {
        recoveredMs = undefined;
        break;
      }
      lastRun = runEnd(next);
      recoveredMs = Math.max(0, lastRun - over);
    }
    const digest = await window.digest();
    const shown = (await chat.digests()).slice(1);
    const notices = [...remoteNames].flatMap((name) => remotes.gates[name]?.bodies ?? []);
    const { code, stderr } = await stop(bot);

    const told: Told = {
      chat: (during?.notices ?? []).filter((text) => !isAlways(text)),
      admin: noticesIn(notices),
      status: problemsIn(status),
      healthz: [
        ...seen.checks.flatMap(({ name, ok }) => (ok ? [] : [name])),
        ...seen.platforms.flatMap(({ platform, connected }) => (connected ? [] : [`connected ${platform}`])),
      ],
      doctor: doctor.stdout.split('\n').filter((line) => line.startsWith('✗')),
      page: notice === '' ? [] : notice.split('\n'),
      log: [...new Set(alarmsIn(bot.output().slice(outputBefore)))],
    };
    return {
      ...{ remote, failure: failure?.name ?? idealName, title: failure?.title ?? 'None' },
      ...{ runMs, failedRequests, recoveredMs, told },
      doctorMs,
      botMb: await memoryOf('bot'),
      doctorMb: await memoryOf('doctor'),
      doctorCode: doctor.code ?? undefined,
      during: during && { ...during, shown: shownDuring },
      after: digest && { ...digest, shown: shown[0] ?? [], digests: shown.length },
      leaks: [...gate.leaked(), ...leaksIn(`${bot.output()} ${doctor.stdout} ${status} ${notice}`, remotes.env)],
      crash: code === 0 ? undefined : stderr.slice(-500),
      wallMs: performance.now() - started,
      requests: gate.bodies.length - bodiesBefore,
    };
  } finally {
    await home.close();
    await folderOfKeys.close();
    await remotes.close();
  }
};

/** The bot's own words to its admins, among all that it sent. */
const noticesIn = (bodies: readonly string[]): string[] => {
  const found = bodies.flatMap((body) => {
    const text = decodeURIComponent(body.replaceAll('+', ' '));
    return /Paperboy has \d+ problems?|Paperboy works again/.exec(text)?.[0] ?? [];
  });
  return [...new Set(found)];
};

const leaksIn = (text: string, env: Record<string, string>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    /TOKEN|KEY/.test(name) && value.length > 8 && text.includes(value) ? [name] : [],
  );
