const usage = `npm run bench -- [PART] [OPTIONS]

  day                          measure CPU time and memory of a day's run and a start
  commands [--papers N] [--file FILE]
                               measure commands on an archive of N papers (default 500,000), kept in FILE
  ranking --days DIR [--last N] [--engine local|distilled] [--history N] [--topics F] [--picture FILE]
                               measure rankings on days with known picks
  fields --days DIR [--last N] [--history N]
                               measure the built-in scorer in several fields, each a folder of DIR with days and topics.md
  prefilter --days DIR [--last N] [--target R]
                               measure what the prefilter saves, and which picks it keeps
  votes --days DIR [--last N | --first N] [--seeds N] [--only NAME] [--picture FILE]
                               measure how soon votes raise the papers that a team likes
  cost --days DIR [--model M] [--scorer JSON] [--kept-share S]
                               compare tokens, dollars and calls with those of a daily script, day after day
  time --days DIR [--day-papers N] [--history N] [--token-ms MS] [--tpm N] [--parallel N]
                               compare the seconds until a large day is scored with those of a daily script

Without PART, all parts run. Parts that need --days are left out without it.`;

const parts = {
  day: () => import('./day.ts'),
  commands: () => import('./commands.ts'),
  ranking: () => import('./ranking.ts'),
  fields: () => import('./fields.ts'),
  prefilter: () => import('./prefilter.ts'),
  votes: () => import('./votes.ts'),
  cost: () => import('./cost.ts'),
  time: () => import('./time.ts'),
} satisfies Record<string, () => Promise<unknown>>;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
  process.exit();
}
const named = args.find((argument, at) => !argument.startsWith('-') && !args[at - 1]?.startsWith('--'));
const chosen = Object.entries(parts).filter(([name]) => named === undefined || name === named);
if (chosen.length === 0) throw new Error(`there is no part ${named}; the parts are ${Object.keys(parts).join(', ')}`);
for (const [, run] of chosen) await run();
