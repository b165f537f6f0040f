// `npm run bench [-- --days DIR]`: every part, those that need days with known picks where they are given;
// `npm run bench -- day`, `-- commands`, `-- ranking --days DIR`, `-- prefilter --days DIR`, `-- votes --days DIR`: one alone.

const parts = {
  day: () => import('./day.ts'),
  commands: () => import('./commands.ts'),
  ranking: () => import('./ranking.ts'),
  prefilter: () => import('./prefilter.ts'),
  votes: () => import('./votes.ts'),
} satisfies Record<string, () => Promise<unknown>>;

const given = process.argv.slice(2);
const named = given.find((argument, at) => !argument.startsWith('-') && !given[at - 1]?.startsWith('--'));
const chosen = Object.entries(parts).filter(([name]) => named === undefined || name === named);
if (chosen.length === 0) throw new Error(`there is no part ${named}; the parts are ${Object.keys(parts).join(', ')}`);
for (const [, run] of chosen) await run();
