import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type ChatName, chatNames } from '../../tests/end-to-end/chats.ts';
import { container, makeDay, type Outcome } from './day.ts';

const usage = `npm run chaos -- [--runs N] [--seed N] [--platform ${chatNames.join('|')}] [--containers]

Makes N days (default 10) with the command line against a chat server on this machine. Each has its own faults: killed and
paused processes, clocks that jump, lost requests, restored databases, lost logs and late histories. The seed (default 1)
gives the faults of the first day, and the next numbers those of the next days. Counts what was lost, posted twice, or
failed without a word, and exits with 1 if anything was. With --containers, each day also has a run that is frozen in a
container until another has taken its lease, which takes more than a minute and needs unshare.`;

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
    help: { type: 'boolean', default: false },
  },
});

const isChatName = (name: string): name is ChatName => (chatNames as string[]).includes(name);

const lineOf = ({ seed, day, lost, twice, silent, removed }: Outcome): string => {
  const kinds = [...day.faults.map(({ kind }) => kind), ...(day.historyLagMs > 0 ? ['late history'] : [])].join(', ');
  return `seed ${seed}: ${lost} lost, ${twice} twice, ${silent} silent, ${removed} removed (${kinds})`;
};

const main = async (): Promise<number> => {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { platform, containers } = values;
  if (containers && spawnSync(container[0], [...container.slice(1), 'true']).status !== 0)
    throw new Error('unshare cannot make containers here; leave out --containers');
  if (!isChatName(platform)) throw new Error(`there is no platform ${platform}; choose ${chatNames.join(' or ')}`);
  const [runs, first] = [wholeNumber('runs', values.runs), wholeNumber('seed', values.seed)];
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
