import { BlockList, isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** IPv4 as such, also if it is written as IPv6, and without the zone of an IPv6 address. */
const plain = (address: string): string =>
  address
    .trim()
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '');

/** The first half of an IPv6 address, which one household or machine has to itself; an IPv4 address as a whole. */
const networkOf = (address: string): string => {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - (first?.length ?? 0) - (last?.length ?? 0);
  const groups = [...(first ?? []), ...Array.from({ length: missing }, () => '0'), ...(last ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
};

const peerOf = (context: Context): string => {
  const hasSocket = typeof context.env === 'object' && context.env !== null && 'incoming' in context.env;
  return plain((hasSocket && getConnInfo(context).remote.address) || '');
};

/** Anybody can send the header, so the log must not grow with it. */
const maxReported = 5;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

const blockListOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
};

/** Identifies a visitor for limits: an IPv4 address, or the first half of an IPv6 address. */
export type ClientAddress = (context: Context) => string;

/**
 * Reads `X-Forwarded-For` only if the connection comes from a proxy that the config names, because anybody can send the
 * header. Reads it from its end, where the nearest proxy adds what it saw.
 * @param trustedProxies Addresses and networks such as `10.0.0.0/8`.
 * @param onUnknownProxy Called once for each other machine that sends the header, for the first few.
 */
export const createClientAddress = (
  trustedProxies: readonly string[],
  onUnknownProxy: (address: string) => void = () => {},
): ClientAddress => {
  const proxies = blockListOf(trustedProxies);
  const isProxy = (address: string): boolean => isIP(address) !== 0 && proxies.check(address, familyOf(address));
  const reported = new Set<string>();
  return (context) => {
    const peer = peerOf(context);
    const passedOn = (context.req.header('x-forwarded-for') ?? '').split(',').map(plain).filter(Boolean);
    if (!isProxy(peer)) {
      if (passedOn.length > 0 && !reported.has(peer) && reported.size < maxReported) {
        reported.add(peer);
        onUnknownProxy(peer);
      }
      return networkOf(peer);
    }
    const nearest = passedOn.findLast((address) => !isProxy(address));
    return networkOf(nearest !== undefined && isIP(nearest) ? nearest : peer);
  };
};
