import { createPause } from '../core/clock.ts';
import type { Stores } from '../core/stores.ts';

const paced = <Store extends object>(store: Store): Store => {
  // A store must also work after a run was aborted, to release its lease.
  const pause = createPause(new AbortController().signal);
  return Object.fromEntries(
    Object.entries(store).map(([name, method]) => {
      if (typeof method !== 'function') return [name, method];
      const calling = async (...args: unknown[]): Promise<unknown> => {
        await pause();
        return method(...args);
      };
      return [name, calling];
    }),
  ) as Store;
};

/**
 * The same stores for a run, whose calls wait until it is their turn. A call answers without letting the event loop turn, so
 * without this, the runs of many channels together would block commands and pages for seconds.
 */
export const pacedStores = (stores: Stores): Stores =>
  Object.fromEntries(
    Object.entries(stores).map(([name, store]) => [name, typeof store === 'object' ? paced(store) : store]),
  ) as Stores;
