import { platformOf } from '../../core/addresses.ts';
import type { Channel, ChannelRegistry } from '../../core/channel.ts';

type Registry = Pick<ChannelRegistry, 'list'> & { former(): readonly Pick<Channel, 'name' | 'timezone'>[] };

const shownOf = ({ list, former }: Registry) => [
  ...list().map(({ name, timezone, rubric, post, cutoffs, papersPerDay, top, isPaused }) => ({
    ...{ name, timezone, isPaused, rubric: rubric.hash, limits: { cutoffs, papersPerDay, top } },
    destination: post.find((one) => platformOf(one) === 'web'),
  })),
  ...former().map(({ name, timezone }) => ({ name, timezone, destination: undefined, isFormer: true })),
];

/** The channels as the web page shows them, and those that were removed: the same array until they change. */
export const createWebChannels = (registry: Registry): (() => ReturnType<typeof shownOf>) => {
  let [listed, former] = [registry.list(), registry.former()];
  let shown = shownOf(registry);
  return () => {
    if (listed !== registry.list() || former !== registry.former()) {
      [listed, former] = [registry.list(), registry.former()];
      shown = shownOf(registry);
    }
    return shown;
  };
};
