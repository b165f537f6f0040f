import { format, inspect } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { readBody } from '../../src/core/body.ts';
import { ExternalError, errorText } from '../../src/core/errors.ts';
import { concealSecrets, maskOf, Secret } from '../../src/core/secret.ts';

const value = 'xoxb-not-to-be-seen';
const secret = new Secret(value);

it('reveals its value only in reveal()', () => {
  expect(secret.reveal()).toBe(value);
});

it.each<[string, () => string]>([
  ['a template', () => `${secret}`],
  ['a sum', () => `token ${String(secret)}`],
  ['JSON', () => JSON.stringify({ token: secret, list: [secret] })],
  ['inspect', () => inspect({ deep: { token: secret } }, { depth: 9, showHidden: true, getters: true })],
  ['format', () => format('%s %o %j %O', secret, secret, secret, secret)],
  ['its keys', () => JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret), { ...secret }])],
  ['an error', () => String(new Error(`refused ${secret}`).stack)],
  ['the message of a failed comparison', () => inspect(new Map([[secret, secret]]))],
])('is not shown by %s', (_, show) => {
  expect(show()).not.toContain(value);
});

it('prints as [secret]', () => {
  expect([`${secret}`, inspect(secret), JSON.stringify(secret)]).toEqual(['[secret]', '[secret]', '"[secret]"']);
});

afterEach(() => concealSecrets([]));

it('is masked in the errors and answers of remotes', async () => {
  concealSecrets([secret]);
  const cause = new Error(`no access with ${value}`);
  expect(new ExternalError({ service: 'Slack', message: `refused ${value}`, cause }).message).toBe('refused [secret]');
  expect(errorText(cause)).toBe('no access with [secret]');
  expect(await readBody(new Response(`{"key":"${value}"}`), 1_000)).toBe('{"key":"[secret]"}');
});

it.each([
  ['as it is', 'xoxb-not-to-be-seen', 'xoxb-not-to-be-seen'],
  ['in JSON', 'with"quote\\slash', JSON.stringify('with"quote\\slash').slice(1, -1)],
  ['in a URL', 'key/with+signs', 'key%2Fwith%2Bsigns'],
  ['as the password of a proxy', 'http://ada:pass%40word@proxy.example:3128', 'pass@word'],
  ['as a password with a stray percent sign', 'http://ada:half%of-it@proxy.example:3128', 'half%of-it'],
  ['as the password of a proxy in a header', 'http://ada:pass%40word@proxy.example:3128', 'YWRhOnBhc3NAd29yZA=='],
])('is masked %s', (_, hidden, shown) => {
  expect(maskOf([new Secret(hidden)])(`before ${shown} after`)).toBe('before [secret] after');
});

it('is not masked if it is too short to be a key', () => {
  expect(maskOf([new Secret('e')])('hello')).toBe('hello');
});
