import { platformOf } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';

/**
 * Works on all channels at the same time, in order of `channels`. Those that print to the terminal take turns, so that
 * their messages do not mix.
 */
export const sideBySide = <T>(channels: readonly Channel[], work: (channel: Channel) => Promise<T>): Promise<T>[] => {
  let printing: Promise<unknown> = Promise.resolve();
  return channels.map((channel) => {
    const isPrinted = channel.post.some((destination) => platformOf(destination) === 'console');
    const result = isPrinted ? printing.then(() => work(channel)) : work(channel);
    // Awaited by the caller, perhaps after another one has failed.
    const ended = result.catch(() => undefined);
    if (isPrinted) printing = ended;
    return result;
  });
};
