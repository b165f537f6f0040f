import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { link, unlink } from '../../commands/link.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { parseCommand } from '../../src/chat/language/parse.ts';
import { createGuesses } from '../../src/core/guesses.ts';
import type { Stores } from '../../src/core/stores.ts';
import { savePosted, voteOn } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

const slack = 'slack:T1:ADA';
const discord = 'discord:9:17';
const browser = 'web:local:0123456789abcdef';
let stores: Stores;
let counted: string[];
beforeEach(async () => {
  stores = openStores(':memory:');
  counted = [];
  await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }, { id: '2507.00002' }]);
});
afterEach(() => stores.close());

const say = async (text: string, person = slack, more: Parameters<typeof ask>[2] = {}): Promise<string[]> =>
  linesOf(
    await ask(stores, text, {
      ...{ list: [link, unlink], person, ...more },
      services: { showCounts: (channel, paper) => void counted.push(`${channel} ${paper}`), ...more.services },
    }),
  );

const codeFor = async (person = slack): Promise<string> =>
  /\b[A-Z]{4}-[A-Z]{4}\b/.exec((await say('link', person)).join('\n'))?.[0] ?? '';

describe('link', () => {
  it('shows a code to its owner alone', async () => {
    const message = await ask(stores, 'link', { list: [link], person: slack });
    expect(linesOf(message)).toEqual([
      'Link your accounts',
      'Type this on another platform (Slack, Discord, the web page) or in another browser, within 10 minutes:',
      expect.stringMatching(/^\/arxiv link [BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      'Keep the code to yourself: it gives your votes, reading list and read marks to whoever types it. It works once.',
    ]);
    expect([link.isPersonal, unlink.isPersonal]).toEqual([true, true]);
  });

  it('shows another code each time', async () => {
    const first = await codeFor();
    expect(await codeFor()).not.toBe(first);
    await expect(say(`link ${first}`, browser)).rejects.toThrow('There is no such code, or it has expired.');
  });

  it('links the account that types a code, in any spelling, and lists what is linked', async () => {
    const shown = await say(`link ${(await codeFor()).toLowerCase().replace('-', '')}`, browser);
    expect(shown).toEqual([
      'Linked. You have one vote per paper, one reading list and one set of read marks. Where your votes differ, the later one counts.',
      'Linked:',
      'ADA on Slack, since 8 July 2025',
      '0123456789abcdef on the web page (here), since 8 July 2025',
      '[My list: saved]',
      '[Unlink: unlink]',
    ]);
    expect((await say(`link ${await codeFor(browser)}`, discord))[0]).toMatch(/^Linked\. /);
    expect((await say(`link ${await codeFor(discord)}`, slack))[0]).toMatch(/^Already linked\. /);
    expect((await say('link')).slice(4)).toEqual([
      'Linked:',
      '17 on Discord, since 8 July 2025',
      'ADA on Slack (here), since 8 July 2025',
      '0123456789abcdef on the web page, since 8 July 2025',
      '[Unlink: unlink]',
    ]);
  });

  it('takes no code twice, too late, from its own account, or of somebody who was forgotten', async () => {
    const code = await codeFor();
    await expect(say(`link ${code}`)).rejects.toThrow('This code is from here.');
    await say(`link ${code}`, browser);
    await expect(say(`link ${code}`, discord)).rejects.toThrow('There is no such code, or it has expired.');
    const late = { now: '2025-07-08T13:11:00Z' };
    await expect(say(`link ${await codeFor()}`, discord, late)).rejects.toThrow('expired');
    const forgotten = await codeFor();
    await stores.changes.forget(slack, '2025-07-08T13:00:00.000Z');
    await expect(say(`link ${forgotten}`, discord)).rejects.toThrow('expired');
    expect(await stores.links.linked(discord)).toEqual([]);
  });

  it('limits wrong codes for each person and each address', async () => {
    let now = 0;
    const services = { linkGuesses: createGuesses({ monotonic: () => now }) };
    for (let guess = 0; guess < 10; guess += 1)
      await expect(say('link WDJB-MJHT', `web:local:${guess}`, { services, address: '192.0.2.1' })).rejects.toThrow(
        'no such code',
      );
    const code = await codeFor();
    const guessing = () => say(`link ${code}`, browser, { services, address: '192.0.2.1' });
    await expect(guessing()).rejects.toThrow('Too many wrong codes. Try again in 60 seconds.');
    expect((await say(`link ${await codeFor(discord)}`, slack, { services }))[0]).toMatch(/^Linked/);
    now = 60_000;
    expect((await guessing())[0]).toMatch(/^Linked/);
  });

  it('counts again what several of the accounts voted on', async () => {
    await voteOn(stores, '2025-07-08', 1, slack);
    await voteOn(stores, '2025-07-08', 1, browser, '-1');
    await voteOn(stores, '2025-07-08', 2, browser);
    await say(`link ${await codeFor()}`, browser);
    expect(counted).toEqual(['foundations 2507.00001']);
    await say('unlink');
    expect(counted).toEqual(['foundations 2507.00001', 'foundations 2507.00001']);
  });

  it('reads what is no code as before: "link 3" shows a paper', async () => {
    const { commands } = await import('../../commands/index.ts');
    const pathOf = (text: string) => parseCommand(text, commands, new Date('2025-07-08T13:00:00Z')).path;
    expect(['link', 'link wdjbmjht', 'link WDJB-MJHT'].map(pathOf)).toEqual(['link', 'link', 'link']);
    const papers = ['link 3', 'link 2503.07639', 'give me the link of 3', 'link to 2503.07639'];
    expect(papers.map(pathOf)).toEqual(papers.map(() => 'show'));
    expect(() => pathOf('link WDJA-MJHT')).toThrow('"WDJA-MJHT" is not a code. Codes look like WDJB-MJHT');
  });
});

describe('unlink', () => {
  const linkAll = async () => {
    for (const person of [browser, discord]) await say(`link ${await codeFor()}`, person);
  };

  it('unlinks the account that types it, which keeps its own votes', async () => {
    await linkAll();
    expect(await say('unlink', browser)).toEqual([
      'Unlinked. This account keeps its own votes, saved papers and read marks.',
      '[Link: link]',
    ]);
    expect((await stores.links.linked(slack)).map(({ person }) => person)).toEqual([discord, slack]);
    await expect(say('unlink', browser)).rejects.toThrow('Nothing is linked here. Type /arxiv link to get a code.');
  });

  it('separates all accounts', async () => {
    await linkAll();
    expect((await say('unlink all', browser))[0]).toBe(
      'Unlinked. Each account keeps its own votes, saved papers and read marks.',
    );
    expect(await stores.links.linked(slack)).toEqual([]);
    await expect(say('unlink all')).rejects.toThrow('Nothing is linked here.');
  });
});
