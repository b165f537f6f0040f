import { z } from 'zod';
import { isAddressOf, platformOf } from '../src/core/addresses.ts';
import { channelDefaults, maxPapersPerDay } from '../src/core/channel.ts';
import type { PlatformDescriptor } from '../src/core/platform.ts';
import type { Environment } from './environment.ts';
import { type PlacedProblem, quote, suggestion } from './problems.ts';

const addresses = z.array(z.string().catch('')).catch([]);

const outline = z
  .object({
    scorer: z.object({ engine: z.string().catch('') }).catch({ engine: '' }),
    admins: addresses,
    managers: addresses,
    channels: z
      .array(
        z
          .object({
            name: z.string().catch(''),
            post: addresses,
            managers: addresses,
            categories: z.array(z.string().catch('')).catch([]),
            papersPerDay: z.number().catch(0),
            top: z.number().default(channelDefaults.top).catch(maxPapersPerDay),
          })
          .catch({ name: '', post: [], managers: [], categories: [], papersPerDay: 0, top: maxPapersPerDay }),
      )
      .catch([]),
  })
  .catch({ scorer: { engine: '' }, admins: [], managers: [], channels: [] });

type Outline = z.infer<typeof outline>;

const nameProblems = ({ channels }: Outline): PlacedProblem[] =>
  channels.flatMap(({ name }, index) => {
    // Names become parts of addresses and file names, which are not case-sensitive on every system.
    const first = channels.findIndex((other) => other.name.trim().toLowerCase() === name.trim().toLowerCase());
    if (!name || first === index) return [];
    const text = `channels[${index}].name: ${quote(name)} is also the name of channels[${first}]; write another`;
    return [{ path: ['channels', index, 'name'], text }];
  });

const destinationProblems = ({ channels }: Outline): PlacedProblem[] => {
  const seen: { key: string; channel: number; address: string }[] = [];
  return channels.flatMap(({ post }, channel) =>
    post.flatMap((address, index): PlacedProblem[] => {
      const key = `channels[${channel}].post[${index}]`;
      // Several channels may post to a bare platform such as `web`.
      const shared = !address.includes(':');
      const clash = seen.find(
        (other) =>
          (isAddressOf(other.address, address.trim()) || isAddressOf(address, other.address.trim())) &&
          !(shared && other.channel !== channel),
      );
      seen.push({ key, channel, address });
      if (!address || !clash) return [];
      const text = `${key}: ${quote(address)} is already at ${clash.key}; remove one, because a destination belongs to one channel`;
      return [{ path: ['channels', channel, 'post', index], text }];
    }),
  );
};

const categoryProblems = ({ channels }: Outline): PlacedProblem[] =>
  channels.flatMap(({ categories }, channel) =>
    categories.flatMap((name, index): PlacedProblem[] => {
      if (!name || categories.indexOf(name) === index) return [];
      const text = `channels[${channel}].categories[${index}]: ${quote(name)} is listed twice; remove one`;
      return [{ path: ['channels', channel, 'categories', index], text }];
    }),
  );

const papersPerDayProblems = ({ channels }: Outline): PlacedProblem[] =>
  channels.flatMap(({ papersPerDay, top }, channel): PlacedProblem[] => {
    if (papersPerDay <= top) return [];
    const text = `channels[${channel}].papersPerDay: ${papersPerDay} is more than top, which is ${top}; write at most ${top}, or raise top`;
    return [{ path: ['channels', channel, 'papersPerDay'], text }];
  });

type Platforms = readonly PlatformDescriptor[];

const unknownPlatform = (name: string, platforms: Platforms): string =>
  `names no known platform; ${suggestion(
    name,
    platforms.map((one) => one.name),
  )}`;

const destinationFault = (address: string, platforms: Platforms): string | undefined => {
  const platform = platforms.find(({ name }) => name === platformOf(address));
  if (platform) {
    const parsed = platform.parseAddress(address);
    return 'fault' in parsed ? parsed.fault : undefined;
  }
  const meant = platforms.find(({ bareAddress }) => bareAddress?.test(address));
  if (meant) return `names no platform; write ${meant.name}: and the channel id, such as ${meant.example}`;
  return unknownPlatform(platformOf(address), platforms);
};

const personFault = (address: string, platforms: Platforms): string | undefined => {
  const [platform = '', ...ids] = address.split(':');
  if (!platforms.some(({ name }) => name === platform))
    return ids.length > 0
      ? unknownPlatform(platform, platforms)
      : 'names no platform; write slack: and the member id, such as slack:U01ALICE';
  const complete = ids.length > 0 && ids.length <= 2 && ids.every((id) => /^[A-Za-z0-9_.-]+$/.test(id));
  return complete ? undefined : 'names no person; write the member id, such as slack:U01ALICE';
};

const addressProblems = ({ admins, managers, channels }: Outline, platforms: Platforms): PlacedProblem[] => {
  const check = (written: readonly string[], path: PropertyKey[], key: string, faultOf: typeof personFault) =>
    written.flatMap((address, index): PlacedProblem[] => {
      const fault = address.trim() === '' ? undefined : faultOf(address.trim(), platforms);
      if (fault === undefined) return [];
      return [{ path: [...path, index], text: `${key}[${index}]: ${quote(address.trim())} ${fault}` }];
    });
  return [
    ...check(admins, ['admins'], 'admins', personFault),
    ...check(managers, ['managers'], 'managers', personFault),
    ...channels.flatMap(({ post, managers: own }, index) => [
      ...check(post, ['channels', index, 'post'], `channels[${index}].post`, destinationFault),
      ...check(own, ['channels', index, 'managers'], `channels[${index}].managers`, personFault),
    ]),
  ];
};

const variableProblems = (
  { channels, scorer }: Outline,
  environment: Environment,
  platforms: Platforms,
): PlacedProblem[] => {
  const problems: PlacedProblem[] = [];
  for (const { name, requiredVariable } of platforms) {
    const first = channels.flatMap(({ post }, channel) =>
      post.flatMap((address, index) => (address.startsWith(`${name}:`) ? [{ channel, index, address }] : [])),
    )[0];
    if (!first || requiredVariable === undefined || environment.platforms[name]) continue;
    const text = `channels[${first.channel}].post[${first.index}]: ${quote(first.address)} needs the environment variable ${requiredVariable}; set it, or remove the destination`;
    problems.push({ path: ['channels', first.channel, 'post', first.index], text });
  }
  if (scorer.engine === 'openai' && !environment.openai) {
    const text =
      'scorer.engine: openai needs the environment variable OPENAI_API_KEY or OPENAI_BASE_URL; set one, or write auto or local';
    problems.push({ path: ['scorer', 'engine'], text });
  }
  return problems;
};

/** Finds values that contradict each other. Reads the raw data, so that it works even if there are other problems. */
export const inconsistencies = (data: unknown, environment: Environment, platforms: Platforms): PlacedProblem[] => {
  const file = outline.parse(data);
  return [
    ...nameProblems(file),
    ...destinationProblems(file),
    ...categoryProblems(file),
    ...papersPerDayProblems(file),
    ...addressProblems(file, platforms),
    ...variableProblems(file, environment, platforms),
  ];
};
