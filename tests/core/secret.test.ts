import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';

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
