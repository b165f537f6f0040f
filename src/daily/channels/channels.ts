import type { Person } from '../../core/addresses.ts';
import { distinctCategories } from '../../core/category.ts';
import { type Change, settingActions, settingChange, settingOf } from '../../core/changes.ts';
import {
  type Channel,
  type ChannelChange,
  type ChannelOrigin,
  type ChannelRegistry,
  channelDefaults,
  type NewChannel,
} from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { UserError } from '../../core/errors.ts';
import { type Rubric, topicsHash } from '../../core/score.ts';
import type { ChangeStore, DigestStore } from '../../core/stores.ts';
import { checkChange, checkNewChannel, type Validators } from './channel-checks.ts';

type CreateRubric = (texts: Pick<Rubric, 'topics' | 'criteria' | 'language'>) => Rubric;

const withChange = (channel: Channel, change: ChannelChange, createRubric: CreateRubric): Channel => {
  switch (change.kind) {
    case 'topics': {
      const { criteria, language } = channel.rubric;
      const rubric = createRubric({ topics: change.topics, criteria, language });
      const { cutoffs, papersPerDay = channel.papersPerDay } = change;
      // The file may have lowered `top` since.
      return { ...channel, rubric, cutoffs, papersPerDay: Math.min(papersPerDay, channel.top) };
    }
    case 'schedule':
      return { ...channel, schedule: change.schedule };
    case 'pause':
      return { ...channel, isPaused: change.isPaused };
    case 'authors':
      return { ...channel, authors: change.authors };
    case 'mute':
      return { ...channel, mute: change.muted };
    case 'summary':
      return { ...channel, digestSummary: change.isOn };
    case 'expansion':
      return change.topicsHash === topicsHash(channel.rubric)
        ? { ...channel, rubric: { ...channel.rubric, expansion: change.text } }
        : channel;
  }
};

type StandingChange = { change: ChannelChange; record: Change };

/**
 * The newest change of each kind that was not undone, since the channel was last removed. Each holds the whole value,
 * so older ones do not count.
 */
const standingChanges = (records: readonly Change[]): StandingChange[] => {
  const newest = new Map<string, StandingChange>();
  for (const record of records) {
    if (record.action === 'remove') newest.clear();
    const change = record.undoneBy === undefined ? settingOf(record) : undefined;
    if (change) newest.set(change.kind, { change, record });
  }
  const isExpansion = ({ change }: StandingChange): boolean => change.kind === 'expansion';
  // Expansions come last, because new topics bring their own.
  return [...newest.values()].sort((a, b) => Number(isExpansion(a)) - Number(isExpansion(b)));
};

/** The newest answers of a language model, by the hash of the topics. */
const readExpansions = async (changes: Pick<ChangeStore, 'list'>): Promise<ReadonlyMap<string, string>> => {
  const all = await changes.list(undefined, 'expansion');
  return new Map(
    all.flatMap(({ undoneBy, value }) => (undoneBy === undefined ? [[value.topicsHash, value.text]] : [])),
  );
};

const expanded = (rubric: Rubric, expansions: ReadonlyMap<string, string>): Rubric => {
  const expansion = expansions.get(topicsHash(rubric));
  return expansion === undefined ? rubric : { ...rubric, expansion };
};

type RegistryParts = {
  fileChannels: readonly Channel[];
  sample?: Channel | undefined;
  changes: ChangeStore;
  digests: Pick<DigestStore, 'channels'>;
  createRubric: CreateRubric;
  clock: Clock;
  validate: Validators;
  defaults: { schedule: string; language: string; criteria: string };
};

type Difference = {
  channel: string;
  what: ChannelChange['kind'] | 'channel';
  by: string;
  at: string;
};

export type LoadedRegistry = ChannelRegistry & {
  reload(): Promise<void>;
  /** Removed channels whose digests still have pages. */
  former(): readonly Pick<Channel, 'name' | 'timezone'>[];
  differences(): readonly Difference[];
};

const tidy = (settings: NewChannel): NewChannel => ({
  ...settings,
  name: settings.name.trim(),
  categories: distinctCategories(settings.categories.map((category) => category.trim()).filter(Boolean)),
  timezone: settings.timezone.trim(),
});

type State = {
  /** Adds the known expansions. */
  createRubric: CreateRubric;
  bases: ReadonlyMap<string, Channel>;
  channels: ReadonlyMap<string, Channel>;
  list: readonly Channel[];
  standing: ReadonlyMap<string, readonly StandingChange[]>;
  created: ReadonlyMap<string, ChannelOrigin>;
  former: readonly NewChannel[];
};

const isSame = (one: Channel, other: Channel): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * The channels of the config file and those created in chat, with the changes made in chat. A change applies until it
 * is undone, even if the file changes later. A channel in the file replaces one with the same name from chat. Channels
 * are read here once, then on `reload`.
 */
export const createChannelRegistry = async (parts: RegistryParts): Promise<LoadedRegistry> => {
  const { fileChannels, sample, changes, digests, clock, validate, defaults } = parts;

  const asChannel = (wanted: NewChannel, createRubric: CreateRubric): Channel => {
    const { name, destination, categories, topics, timezone, papersPerDay = channelDefaults.papersPerDay } = wanted;
    const { schedule, language, criteria } = defaults;
    const rubric = createRubric({ topics, criteria, language });
    return {
      ...channelDefaults,
      authors: [],
      managers: [],
      isPaused: false,
      recap: undefined,
      name,
      timezone,
      schedule,
      post: [destination],
      categories,
      rubric,
      papersPerDay,
    };
  };

  const read = async (): Promise<State> => {
    const [onlyWithDigest, ...others] = await digests.channels();
    const isSampleShown = sample?.name === onlyWithDigest && others.length === 0;
    const configured = sample && isSampleShown ? [sample, ...fileChannels] : fileChannels;
    const expansions = await readExpansions(changes);
    const ofChannels = await changes.ofChannels(settingActions);
    const createRubric: CreateRubric = (texts) => expanded(parts.createRubric(texts), expansions);
    const bases = new Map(
      configured.map((channel) => [channel.name, { ...channel, rubric: expanded(channel.rubric, expansions) }]),
    );
    const taken = new Set(fileChannels.map(({ name }) => name.toLowerCase()));
    const created = new Map<string, ChannelOrigin>();
    const gone = new Map<string, NewChannel>();
    for (const record of await changes.list(undefined, 'here')) {
      const settings = record.value;
      if (record.undoneBy !== undefined || taken.has(settings.name.toLowerCase())) continue;
      const removal = ofChannels.get(settings.name)?.findLast(({ action }) => action === 'remove');
      if (removal && removal.changeId > record.changeId) {
        gone.set(settings.name, settings);
        continue;
      }
      taken.add(settings.name.toLowerCase());
      bases.set(settings.name, asChannel(settings, createRubric));
      created.set(settings.name, { changeId: record.changeId, by: record.person, at: record.at });
    }
    const withDigests = gone.size > 0 ? await digests.channels() : [];
    const former = [...gone.values()].filter(
      ({ name }) => !taken.has(name.toLowerCase()) && withDigests.includes(name),
    );
    const standing = new Map<string, readonly StandingChange[]>();
    const channels = new Map<string, Channel>();
    for (const [name, base] of bases) {
      const own = standingChanges(ofChannels.get(name) ?? []);
      standing.set(name, own);
      channels.set(
        name,
        own.reduce((channel, { change }) => withChange(channel, change, createRubric), base),
      );
    }
    return { createRubric, bases, channels, list: [...channels.values()], standing, created, former };
  };

  let state = await read();
  // In sequence, so that an older reading never replaces a newer one.
  let reading: Promise<void> = Promise.resolve();
  const reload = (): Promise<void> => {
    const next = async (): Promise<void> => {
      state = await read();
    };
    reading = reading.then(next, next);
    return reading;
  };

  const known = (name: string): Channel => {
    const channel = state.channels.get(name);
    if (channel) return channel;
    throw new UserError(`There is no channel "${name}". The channels are ${[...state.channels.keys()].join(', ')}.`);
  };

  const preview = (name: string, change: ChannelChange): Channel => {
    const channel = known(name);
    checkChange(change, channel, validate);
    return withChange(channel, change, state.createRubric);
  };

  const previewNew = (settings: NewChannel): Channel => {
    const wanted = tidy(settings);
    checkNewChannel(wanted, state.list, validate);
    return asChannel(wanted, state.createRubric);
  };

  // In sequence, so that only the first of two requests for the same destination succeeds.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const madeBy = (person: Person) => ({ at: clock.now().toISOString(), person });

  return {
    list: () => state.list,
    find: (name) => state.channels.get(name),
    base: (name) => state.bases.get(name),
    preview,
    previewNew,
    reload,

    change: (name, change, by) =>
      inTurn(async () => {
        preview(name, change);
        await changes.add(settingChange(name, change, madeBy(by)));
        await reload();
        return known(name);
      }),

    create: (settings, by) =>
      inTurn(async () => {
        await reload();
        const { name } = previewNew(settings);
        await changes.add({ ...madeBy(by), channel: undefined, action: 'here', value: tidy(settings) });
        await reload();
        return known(name);
      }),

    origin: (name) => state.created.get(name),

    remove: (name, by) =>
      inTurn(async () => {
        await reload();
        known(name);
        if (!state.created.has(name))
          throw new UserError(
            `${name} is in the config file, so only your Paperboy admin can remove it. Type /arxiv pause to stop it.`,
          );
        await changes.add({ ...madeBy(by), channel: name, action: 'remove', value: {} });
        await reload();
      }),

    former: () => state.former,

    undo: (name, kind, by) =>
      inTurn(async () => {
        await reload();
        known(name);
        const newest = state.standing.get(name)?.find(({ change }) => change.kind === kind);
        if (!newest) return undefined;
        await changes.undo(newest.record.changeId, madeBy(by));
        await reload();
        return known(name);
      }),

    differences: () => [
      ...[...state.created].map(([channel, { by, at }]): Difference => ({ channel, what: 'channel', by, at })),
      ...[...state.standing].flatMap(([channel, own]) =>
        own.flatMap(({ change, record: { person: by, at } }): Difference[] => {
          // A file has no expansion that could differ.
          if (change.kind === 'expansion') return [];
          const base = state.bases.get(channel);
          // The file may have been updated to the same value.
          if (!base || isSame(withChange(base, change, state.createRubric), base)) return [];
          return [{ channel, what: change.kind, by, at }];
        }),
      ),
    ],
  };
};
