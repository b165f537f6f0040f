import { describe, expect, it } from 'vitest';
import { createProcessMemory } from '../../db/sqlite/process-memory.ts';
import { createGuesses } from '../../src/core/guesses.ts';

describe('wrong guesses at several processes', () => {
  const start = () => {
    let now = 0;
    const clock = { monotonic: () => now };
    const memory = createProcessMemory(clock.monotonic);
    const open = (kind = 'sign-in guess') => createGuesses(clock, { memory, kind });
    return { clock, memory, open, pass: (ms: number) => (now += ms) };
  };

  it('count together, for each of those who guess', async () => {
    const { open, pass } = start();
    const [one, other, links] = [open(), open(), open('link guess')];
    for (let guess = 0; guess < 5; guess += 1) {
      one.wrong(['192.0.2.1']);
      other.wrong(['192.0.2.1']);
      pass(1_000);
    }
    expect(one.secondsToWait(['192.0.2.1'])).toBe(0);
    expect(await one.secondsToWaitAnywhere(['192.0.2.1'])).toBe(55);
    expect(await other.secondsToWaitAnywhere(['192.0.2.2', '192.0.2.1'])).toBe(55);
    expect(await other.secondsToWaitAnywhere(['192.0.2.2'])).toBe(0);
    expect(await links.secondsToWaitAnywhere(['192.0.2.1'])).toBe(0);
    pass(55_000);
    expect(await one.secondsToWaitAnywhere(['192.0.2.1'])).toBe(0);
  });

  it('are stored without the addresses', async () => {
    const { memory, open } = start();
    open().wrong(['192.0.2.1']);
    expect(JSON.stringify(await memory.list('sign-in guess'))).not.toContain('192.0.2.1');
    expect(await memory.list('sign-in guess')).toHaveLength(1);
  });

  it('count at the process itself while the database is away', async () => {
    const { clock } = start();
    const away = () => Promise.reject(new Error('away'));
    const guesses = createGuesses(clock, { memory: { put: away, list: away }, kind: 'sign-in guess' });
    for (let guess = 0; guess < 10; guess += 1) guesses.wrong(['192.0.2.1']);
    expect(await guesses.secondsToWaitAnywhere(['192.0.2.1'])).toBe(60);
  });
});
