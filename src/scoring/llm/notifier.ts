/** Wakes everyone who waits for a change; each then looks for itself at what changed. */
export type Notifier = { notify(): void; wait(): Promise<void> };

export const createNotifier = (): Notifier => {
  let next = Promise.withResolvers<void>();
  return {
    notify: () => {
      next.resolve();
      next = Promise.withResolvers<void>();
    },
    wait: () => next.promise,
  };
};
