import { z } from 'zod';
import type { Environment } from './environment.ts';
import { type PlacedProblem, quote } from './problems.ts';

/** What the checks across values look at, of a file that may be wrong elsewhere. */
const outline = z
  .object({
    scorer: z.object({ engine: z.string().catch('') }).catch({ engine: '' }),
    admins: z.array(z.string().catch('')).catch([]),
    channels: z
      .array(
        z
          .object({
            name: z.string().catch(''),
            post: z.array(z.string().catch('')).catch([]),
            categories: z.array(z.string().catch('')).catch([]),
          })
          .catch({ name: '', post: [], categories: [] }),
      )
      .catch([]),
  })
  .catch({ scorer: { engine: '' }, admins: [], channels: [] });

/** The part of an address that names the destination in its short and its full form alike. */
const shortForm = (address: string): string => {
  const parts = address.trim().split(':');
  return parts.length < 2 ? address.trim() : `${parts[0]}:${parts.at(-1)}`;
};

/** True where two addresses may be one: the same, or one of them without the team. */
const sameDestination = (a: string, b: string): boolean =>
  a.trim() === b.trim() || (shortForm(a) === shortForm(b) && a.split(':').length !== b.split(':').length);

type Outline = z.infer<typeof outline>;

const nameProblems = ({ channels }: Outline): PlacedProblem[] =>
  channels.flatMap(({ name }, index) => {
    // Names become parts of addresses and file names, which do not always tell case apart.
    const first = channels.findIndex((other) => other.name.trim().toLowerCase() === name.trim().toLowerCase());
    if (!name || first === index) return [];
    const text = `channels[${index}].name: ${quote(name)} is the name of channels[${first}] too; write another`;
    return [{ path: ['channels', index, 'name'], text }];
  });

const destinationProblems = ({ channels }: Outline): PlacedProblem[] => {
  const seen: { place: string; channel: number; address: string }[] = [];
  return channels.flatMap(({ post }, channel) =>
    post.flatMap((address, index): PlacedProblem[] => {
      const place = `channels[${channel}].post[${index}]`;
      // A bare platform names no place of its own: every channel may be shown there.
      const shared = !address.includes(':');
      const clash = seen.find(
        (other) => sameDestination(other.address, address) && !(shared && other.channel !== channel),
      );
      seen.push({ place, channel, address });
      if (!address || !clash) return [];
      const text = `${place}: ${quote(address)} is already at ${clash.place}; a destination belongs to one channel, so remove one of the two`;
      return [{ path: ['channels', channel, 'post', index], text }];
    }),
  );
};

const categoryProblems = ({ channels }: Outline): PlacedProblem[] =>
  channels.flatMap(({ categories }, channel) =>
    categories.flatMap((name, index): PlacedProblem[] => {
      if (!name || categories.indexOf(name) === index) return [];
      const text = `channels[${channel}].categories[${index}]: ${quote(name)} is written twice; remove one of the two`;
      return [{ path: ['channels', channel, 'categories', index], text }];
    }),
  );

/** The platforms that need a token, and the variable that holds it. */
const tokens = { slack: 'SLACK_BOT_TOKEN', discord: 'DISCORD_TOKEN' } as const;

const tokenProblems = ({ channels, scorer }: Outline, environment: Environment): PlacedProblem[] => {
  const problems: PlacedProblem[] = [];
  for (const platform of ['slack', 'discord'] as const) {
    const first = channels.flatMap(({ post }, channel) =>
      post.flatMap((address, index) => (address.startsWith(`${platform}:`) ? [{ channel, index, address }] : [])),
    )[0];
    if (!first || environment[platform]) continue;
    const text = `channels[${first.channel}].post[${first.index}]: ${quote(first.address)} needs the environment variable ${tokens[platform]}; set it, or remove the destination`;
    problems.push({ path: ['channels', first.channel, 'post', first.index], text });
  }
  if (scorer.engine === 'openai' && !environment.openai) {
    const text =
      'scorer.engine: openai needs the environment variable OPENAI_API_KEY or OPENAI_BASE_URL; set one, or write auto or local';
    problems.push({ path: ['scorer', 'engine'], text });
  }
  return problems;
};

/** Finds values that are right alone but wrong together. Reads the raw data, so that it works beside other problems. */
export const inconsistencies = (data: unknown, environment: Environment): PlacedProblem[] => {
  const file = outline.parse(data);
  return [
    ...nameProblems(file),
    ...destinationProblems(file),
    ...categoryProblems(file),
    ...tokenProblems(file, environment),
  ];
};
