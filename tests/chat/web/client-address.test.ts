import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { createClientAddress } from '../../../src/chat/web/client-address.ts';

const addressOf = async (peer: string, passedOn: string | undefined, trusted: readonly string[] = []) => {
  const reported: string[] = [];
  const clientAddress = createClientAddress(trusted, (proxy) => reported.push(proxy));
  const app = new Hono().get('/', (context) => context.text(clientAddress(context)));
  const headers = passedOn === undefined ? {} : { 'x-forwarded-for': passedOn };
  const answer = await app.request('/', { headers }, { incoming: { socket: { remoteAddress: peer } } });
  return { address: await answer.text(), reported };
};

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('identifies the connection from %s as %s', async (peer, address) => {
  expect(await addressOf(peer, undefined)).toEqual({ address, reported: [] });
});

it('ignores and reports the header of an unnamed proxy', async () => {
  expect(await addressOf('10.0.0.2', '203.0.113.9', ['10.0.0.1'])).toEqual({
    address: '10.0.0.2',
    reported: ['10.0.0.2'],
  });
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9, 10.0.0.3', '203.0.113.9'],
  ['10.0.0.4, 10.0.0.3', '10.0.0.2'],
  ['unknown', '10.0.0.2'],
  ['', '10.0.0.2'],
])('reads %j from the end, up to the first address that is no named proxy', async (passedOn, address) => {
  expect(await addressOf('10.0.0.2', passedOn, ['10.0.0.0/24'])).toEqual({ address, reported: [] });
});

it('reports no more than a few proxies', async () => {
  const reported: string[] = [];
  const clientAddress = createClientAddress([], (proxy) => reported.push(proxy));
  const app = new Hono().get('/', (context) => context.text(clientAddress(context)));
  for (let number = 0; number < 50; number += 1)
    await app.request(
      '/',
      { headers: { 'x-forwarded-for': '203.0.113.9' } },
      { incoming: { socket: { remoteAddress: `10.0.0.${number % 25}` } } },
    );
  expect(reported).toEqual(['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
});
