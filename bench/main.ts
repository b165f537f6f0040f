// `npm run bench`: every part; `npm run bench -- day`, `-- commands [--papers N]` or `-- votes --days DIR`: that part alone.

const parts = {
  day: () => import('./day.ts'),
  commands: () => import('./commands.ts'),
  votes: () => import('./votes.ts'),
} satisfies Record<string, () => Promise<unknown>>;

const given = process.argv.slice(2);
const named = given.find((argument, at) => !argument.startsWith('-') && !given[at - 1]?.startsWith('--'));
const chosen = Object.entries(parts).filter(([name]) => named === undefined || name === named);
if (chosen.length === 0) throw new Error(`there is no part ${named}; the parts are ${Object.keys(parts).join(', ')}`);
for (const [, run] of chosen) await run();
