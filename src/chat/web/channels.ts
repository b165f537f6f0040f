import { platformOf } from '../../core/addresses.ts';
import type { Channel, ChannelRegistry } from '../../core/channel.ts';

type Registry = Pick<ChannelRegistry, 'list'> & { former(): readonly Pick<Channel, 'name' | 'timezone'>[] };

/** The channels as the web page shows them, and those that were removed. */
export const webChannels = ({ list, former }: Registry) => [
  ...list().map(({ name, timezone, rubric, post, cutoffs, papersPerDay, top, isPaused }) => ({
    ...{ name, timezone, isPaused, rubric: rubric.hash, limits: { cutoffs, papersPerDay, top } },
    destination: post.find((one) => platformOf(one) === 'web'),
  })),
  ...former().map(({ name, timezone }) => ({ name, timezone, destination: undefined, isFormer: true })),
];
