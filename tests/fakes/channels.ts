import type { Channel, ChannelChange, ChannelRegistry } from '../../src/core/channel.ts';
import { channelOf, rubricOf } from './fixtures.ts';

/** Every change so far, newest last. */
export type FakeRegistry = ChannelRegistry & {
  made: { channel: string; change: ChannelChange | 'undo'; by: string }[];
};

const changed = (channel: Channel, change: ChannelChange): Channel => {
  switch (change.kind) {
    case 'topics':
      return {
        ...channel,
        cutoffs: change.cutoffs,
        rubric: rubricOf({ topics: change.topics, hash: `rubric of ${change.topics.length}` }),
      };
    case 'schedule':
      return { ...channel, schedule: change.schedule };
    case 'pause':
      return { ...channel, isPaused: change.isPaused };
    case 'mute':
      return { ...channel, mute: change.muted };
    case 'summary':
      return { ...channel, digestSummary: change.isOn };
    case 'authors':
      return { ...channel, authors: change.authors };
    case 'expansion':
      return { ...channel, rubric: { ...channel.rubric, expansion: change.text } };
  }
};

export const registryOf = (first: readonly Channel[] = [channelOf()]): FakeRegistry => {
  const history = new Map(first.map((channel) => [channel.name, [channel]]));
  const find = (name: string): Channel | undefined => history.get(name)?.at(-1);
  const known = (name: string): Channel => find(name) ?? channelOf({ name });
  const made: FakeRegistry['made'] = [];
  return {
    made,
    find,
    base: (name) => history.get(name)?.at(0),
    list: () => [...history.keys()].map(known),
    preview: (name, change) => changed(known(name), change),
    async change(name, change, by) {
      const next = changed(known(name), change);
      history.set(name, [...(history.get(name) ?? []), next]);
      made.push({ channel: name, change, by });
      return next;
    },
    previewNew: ({ name, destination, categories, topics, timezone }) =>
      channelOf({ name, post: [destination], categories, timezone, rubric: rubricOf({ topics, hash: name }) }),
    async create(settings) {
      const channel = this.previewNew(settings);
      history.set(channel.name, [channel]);
      return channel;
    },
    origin: () => undefined,
    async remove(name) {
      history.delete(name);
    },
    async undo(name, _kind, by) {
      const versions = history.get(name) ?? [];
      if (versions.length < 2) return undefined;
      history.set(name, versions.slice(0, -1));
      made.push({ channel: name, change: 'undo', by });
      return find(name);
    },
  };
};
