import type { Destination } from '../../src/core/address.ts';
import type { Channel } from '../../src/core/channel.ts';

/** An address without its team: `slack:T01TEAM:C01GEN` and `slack:C01GEN` are one place. */
const isSamePlace = (written: string, destination: Destination): boolean => {
  const [platform, id, ...more] = written.trim().split(':');
  const parts = destination.split(':');
  if (written.trim() === destination) return true;
  return more.length === 0 && id !== undefined && parts.length === 3 && parts[0] === platform && parts[2] === id;
};

/** The channel that posts in a place; the only channel there is may post elsewhere. */
export const placeOwner = (channels: readonly Channel[], destination: Destination): Channel | undefined =>
  channels.find(({ post }) => post.some((written) => isSamePlace(written, destination)));
