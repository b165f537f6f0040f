import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type ChatName, chatNames } from '../../tests/end-to-end/chats.ts';
import { hasPostgres, startPostgres } from '../../tests/fakes/postgres.ts';
import { quantile } from '../bench/quantile.ts';
import { container, makeDay, type Outcome } from './day.ts';
import { makeReplicaDay, type ReplicaOutcome } from './replicas.ts';

const usage = `npm run chaos -- [--runs N] [--seed N] [--platform ${chatNames.join('|')}] [--containers | --postgres]

Makes N days (default 10) with the command line against a chat server on this machine. Each has its own faults: killed and
paused processes, clocks that jump, lost requests, restored databases, lost logs and late histories. The seed (default 1)
gives the faults of the first day, and the next numbers those of the next days. Counts what was lost, posted twice, or
failed without a word, and exits with 1 if anything was. With --containers, each day also has a run that is frozen in a
container until another has taken its lease, which takes more than a minute and needs unshare.

With --postgres, each day is made by three bots on one Postgres database. The one that posts is killed or paused for up to 70
seconds, the database is restarted, and its connections are cut. Needs a Postgres server on this machine.`;

const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`--${name} ${text} is not a number; write one such as 7`);
};

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    platform: { type: 'string', default: 'slack' },
    containers: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const isChatName = (name: string): name is ChatName => (chatNames as string[]).includes(name);

const lineOf = ({ seed, day, lost, twice, silent, removed }: Outcome): string => {
  const kinds = [...day.faults.map(({ kind }) => kind), ...(day.historyLagMs > 0 ? ['late history'] : [])].join(', ');
  return `seed ${seed}: ${lost} lost, ${twice} twice, ${silent} silent, ${removed} removed (${kinds})`;
};

const replicaLineOf = (one: ReplicaOutcome): string => {
  const { seed, faults, lost, twice, isInOrder, silent, removed, takeoverS } = one;
  const kinds = faults.map(({ kind, at, when }) => `${kind} ${when} ${at}`).join(', ');
  const takeovers = takeoverS.map((seconds) => `${seconds.toFixed(1)} s`).join(', ');
  return `seed ${seed}: ${lost} lost, ${twice} twice, ${isInOrder ? 'in order' : 'OUT OF ORDER'}, ${silent} silent, ${removed} removed (${kinds})${takeovers ? `; taken over after ${takeovers}` : ''}`;
};

const makeReplicaDays = async (seeds: readonly number[], platform: ChatName): Promise<number> => {
  if (!hasPostgres) throw new Error('Postgres was not found; install it with: apt-get install postgresql');
  const server = await startPostgres();
  const outcomes: ReplicaOutcome[] = [];
  try {
    for (const seed of seeds) {
      const outcome = await makeReplicaDay(seed, platform, server);
      outcomes.push(outcome);
      console.log(replicaLineOf(outcome));
    }
  } finally {
    await server.stop();
  }
  const sum = (of: 'lost' | 'twice' | 'silent' | 'removed'): number => outcomes.reduce((all, one) => all + one[of], 0);
  const takeovers = outcomes.flatMap(({ takeoverS }) => takeoverS).sort((a, b) => a - b);
  const faults = outcomes.reduce((all, one) => all + one.faults.length, 0);
  console.log(
    `${seeds.length} days and ${faults} faults on ${platform}: ${sum('lost')} lost, ${sum('twice')} twice, ${sum('silent')} silent, ${sum('removed')} removed, ${outcomes.filter(({ isInOrder }) => !isInOrder).length} out of order.`,
  );
  if (takeovers.length > 0)
    console.log(
      `${takeovers.length} takeovers: median ${quantile(takeovers, 0.5).toFixed(1)} s, p99 ${quantile(takeovers, 0.99).toFixed(1)} s.`,
    );
  const failed = outcomes.filter(({ lost, twice, silent, isInOrder }) => lost + twice + silent > 0 || !isInOrder);
  for (const { seed } of failed)
    console.log(`To repeat: npm run chaos -- --postgres --runs 1 --seed ${seed} --platform ${platform}`);
  return failed.length > 0 ? 1 : 0;
};

const main = async (): Promise<number> => {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { platform, containers, postgres } = values;
  if (containers && spawnSync(container[0], [...container.slice(1), 'true']).status !== 0)
    throw new Error('unshare cannot make containers here; leave out --containers');
  if (!isChatName(platform)) throw new Error(`there is no platform ${platform}; choose ${chatNames.join(' or ')}`);
  const [runs, first] = [wholeNumber('runs', values.runs), wholeNumber('seed', values.seed)];
  if (postgres)
    return makeReplicaDays(
      Array.from({ length: runs }, (_, at) => first + at),
      platform,
    );
  const outcomes: Outcome[] = [];
  for (let seed = first; seed < first + runs; seed += 1) {
    const outcome = await makeDay(seed, platform, containers);
    outcomes.push(outcome);
    console.log(lineOf(outcome));
  }
  const sum = (of: 'lost' | 'twice' | 'silent' | 'removed'): number => outcomes.reduce((all, one) => all + one[of], 0);
  const failed = outcomes.filter(({ lost, twice, silent }) => lost + twice + silent > 0);
  console.log(
    `${runs} days on ${platform}: ${sum('lost')} lost, ${sum('twice')} twice, ${sum('silent')} silent, ${sum('removed')} removed.`,
  );
  for (const { seed, day } of failed)
    console.log(
      `To repeat: npm run chaos -- --runs 1 --seed ${seed} --platform ${platform}${containers ? ' --containers' : ''}   ${JSON.stringify(day)}`,
    );
  return failed.length > 0 ? 1 : 0;
};

process.exitCode = await main();
