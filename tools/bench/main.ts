const usage = `npm run bench -- [PART] [OPTIONS]

  day                          a whole day's run and a start: processor time, memory
  commands [--papers N] [--file FILE]
                               how long commands take on an archive of N papers (500,000), kept in FILE
  ranking --days DIR [--last N] [--engine local|distilled] [--history N] [--topics F] [--picture FILE]
                               how well papers are ranked on days with known picks
  prefilter --days DIR [--last N] [--target R]
                               what the prefilter saves, and the picks that it keeps
  votes --days DIR [--last N | --first N] [--seeds N] [--picture FILE]
                               how soon votes bring up what a team likes

Without PART all of them; those that need --days are left out without it.`;

const parts = {
  day: () => import('./day.ts'),
  commands: () => import('./commands.ts'),
  ranking: () => import('./ranking.ts'),
  prefilter: () => import('./prefilter.ts'),
  votes: () => import('./votes.ts'),
} satisfies Record<string, () => Promise<unknown>>;

const given = process.argv.slice(2);
if (given.includes('--help')) {
  console.log(usage);
  process.exit();
}
const named = given.find((argument, at) => !argument.startsWith('-') && !given[at - 1]?.startsWith('--'));
const chosen = Object.entries(parts).filter(([name]) => named === undefined || name === named);
if (chosen.length === 0) throw new Error(`there is no part ${named}; the parts are ${Object.keys(parts).join(', ')}`);
for (const [, run] of chosen) await run();
