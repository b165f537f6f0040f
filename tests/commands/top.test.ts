import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const save = (date: string, ids: string[]) =>
  saveDigest(
    stores,
    ids.map((id) => paperOf(id)),
    { date },
  );
const top = async (text: string) => linesOf(await ask(stores, text));
const seven = ['1', '2', '3', '4', '5', '6', '7'];

describe('a day whose digest was retracted', () => {
  const value = { date: '2025-07-07' };
  const record = () =>
    stores.changes.add({
      ...{ at: '2025-07-08T12:00:00.000Z', person: 'slack:T1:U2', channel: 'foundations', action: 'retract', value },
    });

  it('says who retracted it, when, and how to remake it', async () => {
    await record();
    expect(await top('top 5 2025-07-07')).toEqual([
      'The digest of Monday, 7 July 2025 was retracted by U2 on Slack (Tue, 8 July 2025, 08:00). The channel’s managers and the admins can remake it with /arxiv digest 2025-07-07.',
      '[Newest papers: top]',
    ]);
  });

  it('is shown again once it is remade', async () => {
    await record();
    await save('2025-07-07', ['1']);
    expect((await top('top 2025-07-07'))[0]).toBe('Top 1 of Monday, 7 July 2025 · foundations');
  });
});

describe('top', () => {
  it('shows the five best of the newest digest with scores, authors and id', async () => {
    await save('2025-07-07', ['0']);
    await save('2025-07-08', seven);
    const message = await ask(stores, 'top');
    expect(message.summary).toBe('Top 5 of Tuesday, 8 July 2025');
    expect(linesOf(message)).toEqual([
      'Top 5 of Tuesday, 8 July 2025 · foundations',
      ...['1', '2', '3', '4', '5'].map((id) => `Title of ${id}  9 + 8  Ada First, Ben Second · ${id}`),
      '7 papers in all; type /arxiv top 7 to see them.',
      '[More: top 5 2025-07-08 from 6]',
    ]);
    const list = message.blocks.find((block) => block.type === 'list');
    expect(list?.items[0]?.[0]).toMatchObject({ text: 'Title of 1', url: 'https://arxiv.org/abs/1' });
  });

  it.each([
    ['top 2', 2, '7 papers in all; type /arxiv top 7 to see them.'],
    ['top 7', 7, '7 papers in all. Scores are relevance + novelty, each from 1 to 10.'],
    ['top 50', 7, '7 papers in all. Scores are relevance + novelty, each from 1 to 10.'],
  ])('"%s" shows %i papers', async (text, count, note) => {
    await save('2025-07-08', seven);
    const lines = await top(text);
    expect(lines.filter((line) => line.startsWith('Title of'))).toHaveLength(count);
    expect(lines[0]).toMatch(new RegExp(`^Top ${count} of`));
    expect(lines).toContain(note);
  });

  it('offers no more papers than it can show', async () => {
    await save(
      '2025-07-08',
      Array.from({ length: 60 }, (_, index) => String(1000 + index)),
    );
    expect(await top('top')).toContain('60 papers in all; type /arxiv top 50 to see more.');
    expect(await top('top 50')).toContain('The other 10 of 60 papers are in the thread.');
  });

  it('shows the digest of a date', async () => {
    await save('2025-07-07', ['0']);
    await save('2025-07-08', ['1']);
    expect((await top('top 2025-07-07')).slice(0, 2)).toEqual([
      'Top 1 of Monday, 7 July 2025 · foundations',
      'Title of 0  9 + 8  Ada First, Ben Second · 0',
    ]);
    expect(await top('top yesterday')).toEqual(await top('top 2025-07-07'));
    expect((await top('top today')).at(1)).toContain('Title of 1');
  });

  it('shows the current votes', async () => {
    const digest = await save('2025-07-08', ['1', '2', '3']);
    await stores.outbox.enqueue(digest, ['slack:T1:C1']);
    const deliveries = await stores.outbox.list(digest.digestId, 'slack:T1:C1');
    const vote = async (rank: number, person: string, emoji: string) => {
      const message = { destination: 'slack:T1:C1', messageId: `m${rank}` };
      await stores.outbox.sent(deliveries[rank]?.deliveryId ?? 0, message, 1);
      await stores.reactions.add({ message, person, emoji }, '2025-07-08T13:00:00.000Z');
    };
    await vote(1, 'a', '+1');
    await vote(1, 'b', '+1');
    await vote(1, 'c', '-1');
    await vote(2, 'a', '-1');
    await vote(3, 'a', 'tada');
    expect((await top('top')).slice(1, 4).map((line) => line.split('  Ada')[0])).toEqual([
      'Title of 1  9 + 8  👍 2  👎 1',
      'Title of 2  9 + 8  👎 1',
      'Title of 3  9 + 8',
    ]);
  });

  it('shows the closest papers of a day without picks', async () => {
    const counts = { announced: 20, scanned: 12, relevant: 0, unscored: 0 };
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-08', entries: [], counts });
    const message = await ask(stores, 'top');
    expect(linesOf(message)).toEqual([
      'No papers picked on Tuesday, 8 July 2025 · foundations',
      'Title of 1  9 + 8  Ada First, Ben Second · 1',
      'None of the 12 papers was picked that day. These came closest.',
    ]);
  });

  it('names the newest digest if a date has none', async () => {
    await save('2025-07-08', ['1']);
    const answer = ask(stores, 'top 3 2025-07-06');
    await expect(answer).rejects.toThrow(UserError);
    await expect(answer).rejects.toThrow(
      'There is no digest for 2025-07-06. Type /arxiv top 3 2025-07-08 for the newest one.',
    );
  });

  it.each(['top', 'top 2025-07-06'])('says when the first digest comes ("%s")', async (text) => {
    await expect(ask(stores, text)).rejects.toThrow('There is no digest yet. The next run makes the first one.');
  });

  it('marks invented papers and does not link to them', async () => {
    await saveDigest(stores, [paperOf('sample.00001')], { date: '2025-01-06' });
    const message = await ask(stores, 'top');
    expect(JSON.stringify(message)).toContain('Title of sample.00001 (invented)');
    expect(JSON.stringify(message)).not.toContain('http');
  });
});
