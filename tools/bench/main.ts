const usage = `npm run bench -- [PART] [OPTIONS]

  day                          measure CPU time and memory of a day's run and a start
  commands [--papers N] [--file FILE]
                               measure commands on an archive of N papers (default 500,000), kept in FILE
  ranking --days DIR [--last N] [--engine local|distilled] [--history N] [--topics F] [--picture FILE]
                               measure rankings on days with known picks
  fields --days DIR [--last N] [--history N]
                               measure the built-in scorer in several fields, each a folder of DIR with days and topics.md
  prefilter --days DIR [--skip N] [--target R] [--topics F] [--picture FILE]
                               measure what the prefilter reads, and which picks it keeps
  votes --days DIR [--last N | --first N] [--seeds N] [--only NAME] [--picture FILE]
                               measure how soon votes raise the papers that a team likes
  cost --days DIR [--model M] [--scorer JSON] [--kept-share S] [--without-gaps]
                               compare tokens, dollars and calls with those of a daily script, day after day
  time --days DIR [--day-papers N] [--history N] [--token-ms MS] [--tpm N] [--parallel N]
                               compare the seconds until a large day is scored with those of a daily script
  channels --days DIR [--channels N,N] [--channel-papers N] [--only model|built-in|run] [--token-ms MS] [--channel-tpm N]
      [--parallel N]           measure many channels: with a model of few slots, with the built-in scorer, and posting to Slack
  pages [--papers N] [--file FILE] [--page-channels N] [--readers N] [--seconds S] [--commands N]
                               measure pages for many readers, and memory after N commands (default 10,000), with an
                               archive of N papers in FILE
  replicas --days DIR [--replicas N] [--replica-channels N,N] [--rubrics N] [--replica-papers N] [--idle-seconds S]
                               measure many channels with several bots on one Postgres database
  performance --days DIR       run cost, time, channels, pages and replicas

All parts of \`performance\` accept --json FILE, which also writes their figures to FILE, and --docs, which puts tables and
pictures into docs/performance.md.

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
  channels: () => import('./channels.ts'),
  pages: () => import('./pages.ts'),
  replicas: () => import('./replicas.ts'),
} satisfies Record<string, () => Promise<unknown>>;

const groups: Record<string, readonly (keyof typeof parts)[]> = {
  performance: ['cost', 'time', 'channels', 'pages', 'replicas'],
};

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
  process.exit();
}
const named = args.find((argument, at) => !argument.startsWith('-') && !args[at - 1]?.startsWith('--'));
const wanted: readonly string[] = named === undefined ? Object.keys(parts) : (groups[named] ?? [named]);
const chosen = Object.entries(parts).filter(([name]) => wanted.includes(name));
if (chosen.length === 0)
  throw new Error(`there is no part ${named}; the parts are ${Object.keys({ ...parts, ...groups }).join(', ')}`);
for (const [, run] of chosen) await run();
