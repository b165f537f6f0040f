import { speed } from './day.ts';
import { failures } from './failures.ts';
import { brokenIn, faultsOf, type Outcome } from './outcome.ts';
import { type RemoteName, remoteNames, remoteTitles } from './remotes.ts';

const memoryOf = ({ botMb = 0, doctorMb = 0 }: Outcome): number => Math.max(botMb, doctorMb);

const idealMsOf = (ideals: readonly Outcome[], remote: RemoteName): number =>
  ideals.find((one) => one.remote === remote)?.runMs ?? 0;

/** Seconds past the ideal. A day may also be a little faster, because machines are never the same. */
const lateOf = ({ runMs, remote }: Outcome, ideals: readonly Outcome[]): number | undefined =>
  runMs === undefined ? undefined : Math.max(0, Math.round((runMs - idealMsOf(ideals, remote)) / 1_000));

/** What became of the day, in a few words. */
const dayOf = (outcome: Outcome): string => {
  const broken = brokenIn(outcome);
  if (broken.length === 0) return 'as usual';
  const minutes = Math.ceil((outcome.recoveredMs ?? 0) / 60_000);
  const isLater = broken.some((text) => /not (posted|in chat)/.test(text));
  return isLater ? `posted ${minutes} min after the outage` : broken.join(', ');
};

/** Ports differ from run to run. */
const plain = (text: string): string =>
  text
    .replaceAll(/(\.test):\d+/g, '$1')
    .replaceAll(/ Since \w+, .*?, \d\d:\d\d\..*$/g, '')
    .replaceAll('|', '\\|')
    .trim();

const maxLength = 170;
const shortened = (text: string): string =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1).trimEnd()}…` : text;

const toldOf = ({ told }: Outcome): string => {
  const [first] = [...told.status, ...told.chat, ...told.page, ...told.admin];
  return first === undefined ? '' : shortened(plain(first));
};

const places = {
  chat: 'digest',
  admin: 'admins',
  page: 'page',
  status: 'status',
  doctor: 'doctor',
  healthz: 'healthz',
  log: 'log',
} as const;

const whereOf = ({ told }: Outcome): string =>
  (Object.keys(places) as (keyof typeof places)[])
    .filter((place) => told[place].length > 0)
    .map((place) => places[place])
    .join(', ');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const tableOf = (remote: RemoteName, ideals: readonly Outcome[], outcomes: readonly Outcome[]): string => {
  const rows = outcomes
    .filter((one) => one.remote === remote)
    .map((one) => {
      const late = lateOf(one, ideals);
      const faults = faultsOf(one, idealMsOf(ideals, remote));
      return row([
        one.title,
        `${dayOf(one)}${faults.length > 0 ? ` **(${faults.join(', ')})**` : ''}`,
        late === undefined ? 'no end' : String(late),
        memoryOf(one).toFixed(0),
        toldOf(one),
        whereOf(one),
      ]);
    });
  return [
    `## ${remoteTitles[remote]}`,
    '',
    row(['failure', 'the day', 's', 'MB', 'what people read', 'where']),
    '|---|---|---:|---:|---|---|',
    ...rows,
  ].join('\n');
};

const highest = (values: readonly number[]): number => Math.max(0, ...values);

const overview = (ideals: readonly Outcome[], outcomes: readonly Outcome[]): string => {
  const rows = remoteNames.flatMap((remote) => {
    const all = outcomes.filter((one) => one.remote === remote);
    if (all.length === 0) return [];
    const usual = all.filter((one) => brokenIn(one).length === 0).length;
    const later = all.filter((one) => dayOf(one).startsWith('posted')).length;
    return [
      row([
        remoteTitles[remote],
        ...[all.length, usual, all.length - usual - later, later].map(String),
        String(highest(all.map((one) => lateOf(one, ideals) ?? Number.POSITIVE_INFINITY))),
        highest(all.map(memoryOf)).toFixed(0),
        String(all.filter((one) => faultsOf(one, idealMsOf(ideals, remote)).length > 0).length),
      ]),
    ];
  });
  return [
    row([
      'remote',
      'failures',
      'day as usual',
      'with a substitute',
      'posted later',
      'longest, s',
      'memory, MB',
      'faults',
    ]),
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
};

const days = remoteNames.length * failures.length;
const isComplete = (outcomes: readonly Outcome[]): boolean => outcomes.length >= days;

/** docs/outages.md. */
export const outagePage = (ideals: readonly Outcome[], outcomes: readonly Outcome[]): string => `# Outages

What happens if a remote fails: ${outcomes.length} days, each with one of the five remotes failing in one of ${failures.length} ways. The
bot is a process of its own, with a channel that posts to Slack or Discord, a language model, and a followed author. The
day before is posted without a failure. Then the remote fails, from a few minutes before the scheduled time until 18 minutes
after the run, and is well again.${isComplete(outcomes) ? '' : ` So far, ${outcomes.length} of ${days} days are measured.`}

${overview(ideals, outcomes)}

![Each failure of each remote: what became of the day, and the seconds that it took longer](images/outages.svg)

- **With a substitute**: the built-in scorer instead of the language model, or authors matched by name.
- **Posted later**: the digest was complete after the outage, without a command.
- **s**: seconds that the run took longer than without a failure, by the bot's clock. While the bot waits, it runs ${speed}
  times as fast in this measurement; while it computes or a request has just begun, as fast as always.
- **MB**: peak memory of the bot, or of \`doctor\` if that is more.
- **Where**: \`digest\` is a note in the digest's header; \`admins\` a private message; \`page\` a note on the channel's web page;
  \`status\`, \`doctor\` and \`healthz\` say that something is wrong; \`log\` has a warning.
- **Faults**: the run took five minutes more, or more than 300 MB; or something was broken and one of \`status\`, \`doctor\`
  and \`/healthz\` was green; or neither the digest, the admins nor the page said so.

To repeat all of it or one day of it:

    npm run outages -- --docs docs
    npm run outages -- --remote slack --failure 429-long

[monitoring.md](monitoring.md) describes the checks, and [security.md](security.md) what is not trusted.

${remoteNames
  .filter((remote) => outcomes.some((one) => one.remote === remote))
  .map((remote) => tableOf(remote, ideals, outcomes))
  .join('\n\n')}
`;

const cell = { width: 108, height: 20 };
const left = 210;
const top = 44;
const kinds = [
  { name: 'as usual', color: '#d7ecd9', is: (day: string) => day === 'as usual' },
  { name: 'posted later', color: '#f6d9c6', is: (day: string) => day.startsWith('posted') },
  { name: 'with a substitute', color: '#fdf0c4', is: () => true },
] as const;
const faultColor = '#e2574c';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A grid of failures and remotes: the colour says what became of the day, the number how much longer the run took. */
export const outagePicture = (ideals: readonly Outcome[], outcomes: readonly Outcome[]): string => {
  const shown = failures.filter(({ name }) => outcomes.some(({ failure }) => failure === name));
  const width = left + remoteNames.length * cell.width + 16;
  const height = top + shown.length * cell.height + 48;
  const heads = remoteNames.map(
    (remote, at) =>
      `<text x="${left + (at + 0.5) * cell.width}" y="${top - 14}" text-anchor="middle" font-weight="600">${remoteTitles[remote]}</text>`,
  );
  const rows = shown.flatMap(({ name, title }, line) => {
    const y = top + line * cell.height;
    const cells = remoteNames.flatMap((remote, at) => {
      const one = outcomes.find((other) => other.remote === remote && other.failure === name);
      if (!one) return [];
      const isFaulty = faultsOf(one, idealMsOf(ideals, remote)).length > 0;
      const color = isFaulty ? faultColor : (kinds.find(({ is }) => is(dayOf(one)))?.color ?? '');
      const late = lateOf(one, ideals);
      const x = left + at * cell.width;
      return [
        `<rect x="${x + 1}" y="${y + 1}" width="${cell.width - 2}" height="${cell.height - 2}" rx="3" fill="${color}"/>`,
        `<text x="${x + cell.width / 2}" y="${y + 14}" text-anchor="middle">${late === undefined ? 'no end' : `+${late} s`}</text>`,
      ];
    });
    return [`<text x="${left - 10}" y="${y + 14}" text-anchor="end">${escaped(title)}</text>`, ...cells];
  });
  const legend = [...kinds, { name: 'fault', color: faultColor }].map(({ name, color }, at) => {
    const x = left + at * 136;
    const y = height - 26;
    return `<rect x="${x}" y="${y - 11}" width="14" height="14" rx="3" fill="${color}"/><text x="${x + 20}" y="${y}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>What became of a day, by remote and failure</title>
<style>text{fill:#333}</style>
<rect width="100%" height="100%" rx="8" fill="#fff"/>
${[...heads, ...rows, ...legend].join('\n')}
</svg>
`;
};
