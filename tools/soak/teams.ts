import { type Category, subjects } from './papers.ts';

/** A config file and the bot that runs it. A config has one engine, so the channel with a language model has its own bot. */
export type Team = { name: string; hasModel: boolean; channels: object[]; files: Record<string, string> };

const topicsOf = (title: string, categories: readonly Category[]): string =>
  [
    `# ${title}`,
    ...categories.flatMap((category) =>
      subjects[category].slice(0, 3).map((phrase) => `\n## ${phrase}\n\n- Relevant: new work on ${phrase}.`),
    ),
    '',
  ].join('\n');

const channel = (name: string, categories: Category[], more: Record<string, unknown>) => ({
  ...{ name, categories, topics: `${name}.md` },
  ...more,
});

export const pausedChannel = 'pacific';

/** Schedules cover the hours in which clocks change, and both hemispheres. */
const builtIn = [
  channel('lab', ['cs.LG', 'cs.AI'], { timezone: 'America/New_York', post: ['web', 'board:lab'], recap: 'week' }),
  channel('berlin', ['cs.CL'], { timezone: 'Europe/Berlin', schedule: '30 2 * * *', post: ['web'] }),
  channel('sydney', ['quant-ph', 'astro-ph.GA'], {
    ...{ timezone: 'Australia/Sydney', schedule: '30 2 * * 2-6', post: ['board:sydney'], digest: { style: 'full' } },
  }),
  channel(pausedChannel, ['math.CO', 'stat.ML'], {
    ...{ timezone: 'America/Los_Angeles', schedule: '0 18 * * 0-4', post: ['web'], groupByTopic: true },
  }),
];
const withModel = [
  channel('kolkata', ['cs.LG'], {
    ...{ timezone: 'Asia/Kolkata', schedule: '0 7 * * 1-5', post: ['web'], digest: { summary: true }, top: 10 },
  }),
];

const filesOf = (channels: readonly { name: string; categories: Category[] }[]): Record<string, string> =>
  Object.fromEntries(channels.map(({ name, categories }) => [`${name}.md`, topicsOf(`Topics of ${name}`, categories)]));

export const teams: readonly Team[] = [
  { name: 'built-in', hasModel: false, channels: builtIn, files: filesOf(builtIn) },
  { name: 'model', hasModel: true, channels: withModel, files: filesOf(withModel) },
];
