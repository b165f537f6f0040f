import { BlockList, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** Where proxies stand: this machine and private networks (RFC 1918, RFC 4193, RFC 4291). */
const near = new BlockList();
near.addSubnet('127.0.0.0', 8);
near.addSubnet('10.0.0.0', 8);
near.addSubnet('172.16.0.0', 12);
near.addSubnet('192.168.0.0', 16);
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

const plain = (address: string): string =>
  address
    .trim()
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '');

/** A whole IPv6 network of 64 bits is one visitor's. */
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

/**
 * Where a request comes from, to count what one visitor does: an IPv4 address, or the first half of an IPv6 address. A proxy
 * nearby is asked whom it passed on; anybody else may say so in vain.
 */
export const visitorAddress = (context: Context): string => {
  const peer = peerOf(context);
  const passedOn = plain(context.req.header('x-forwarded-for')?.split(',').at(-1) ?? '');
  const isNear = peer !== '' && near.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4');
  return networkOf(isNear && passedOn !== '' ? passedOn : peer);
};
