// `npm run bench`: every part; `npm run bench -- day` or `-- commands [--papers N]`: that part alone.

const parts = {
  day: () => import('./day.ts'),
  commands: () => import('./commands.ts'),
} satisfies Record<string, () => Promise<unknown>>;

const named = process.argv.slice(2).find((argument) => !argument.startsWith('-') && Number.isNaN(Number(argument)));
const chosen = Object.entries(parts).filter(([name]) => named === undefined || name === named);
if (chosen.length === 0) throw new Error(`there is no part ${named}; the parts are ${Object.keys(parts).join(', ')}`);
for (const [, run] of chosen) await run();
