import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { save, unsave } from '../../commands/save.ts';
import { saved } from '../../commands/saved.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { type Asking, ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const papers = {
  async find(id: string) {
    if (id === '2507.99999') throw new UserError('arXiv has no paper 2507.99999; check the id.');
    const paper = paperOf(id);
    await stores.announcements.savePapers([paper]);
    return paper;
  },
};
const say = (text: string, more: Asking = {}) =>
  ask(stores, text, { list: [save, unsave, saved], services: { papers }, ...more });
const lines = async (text: string, more: Asking = {}) => linesOf(await say(text, more));

describe('a reading list', () => {
  it('takes a paper once, by id or link', async () => {
    expect(await lines('save https://arxiv.org/abs/2503.07639v2')).toEqual([
      'Saved: Title of 2503.07639 (2503.07639). Your list has 1 paper.',
      '[My list: saved]',
      '[Unsave: unsave 2503.07639]',
      '[Similar: similar 2503.07639]',
    ]);
    expect((await lines('save 2503.07639'))[0]).toBe(
      'Already on your list: Title of 2503.07639 (2503.07639). Your list has 1 paper.',
    );
  });

  it('shows the newest first, with days in the channel’s time zone', async () => {
    await say('save 2503.00001', { now: '2025-07-08T03:00:00Z' });
    await say('save 2503.00002', { now: '2025-07-08T13:00:00Z' });
    expect(await lines('saved')).toEqual([
      'Your reading list: 2 papers',
      'Title of 2503.00002  8 July 2025  Ada First, Ben Second · 2503.00002',
      'Title of 2503.00001  7 July 2025  Ada First, Ben Second · 2503.00001',
      'Newest first.',
      '[Export BibTeX: saved as bibtex]',
      '[Remove Title of 2503.00002: unsave 2503.00002]',
      '[Remove Title of 2503.00001: unsave 2503.00001]',
    ]);
  });

  it('belongs to one person and works without a channel', async () => {
    await say('save 2503.00001');
    expect(await lines('saved', { person: 'slack:T1:U2' })).toEqual([
      'Your reading list is empty. Type /arxiv save with an id or a link to add a paper.',
    ]);
    expect((await lines('saved', { channel: undefined }))[0]).toBe('Your reading list: 1 paper');
  });

  it('shows a long list in parts of twenty', async () => {
    for (let index = 1; index <= 23; index += 1)
      await say(`save 2503.000${String(index).padStart(2, '0')}`, {
        now: `2025-07-08T13:00:${String(index).padStart(2, '0')}Z`,
      });
    const first = await lines('saved');
    expect(first).toContain('1 to 20 of 23, newest first.');
    expect(first).toContain('[More: saved from 21]');
    const rest = await lines('saved from 21');
    expect(rest[1]).toMatch(/^21\. Title of 2503\.00003/);
    expect(rest).toContain('21 to 23 of 23, newest first.');
    await expect(say('saved from 24')).rejects.toThrow('Your list has only 23 papers. Type /arxiv saved to see them.');
  });

  it('is exported as a BibTeX file', async () => {
    await say('save 2503.00001');
    const message = await say('saved as bibtex');
    expect(message.summary).toBe('Your reading list as BibTeX: 1 paper.');
    expect(message.files).toEqual([
      { name: 'saved.bib', mediaType: 'application/x-bibtex', text: expect.stringMatching(/^@misc\{first2025title,/) },
    ]);
  });

  it('removes a paper once', async () => {
    await say('save 2503.00001');
    expect(await lines('unsave 2503.00001')).toEqual([
      'Removed from your list: Title of 2503.00001 (2503.00001). Your list is empty now.',
      '[Undo: save 2503.00001]',
      '[My list: saved]',
    ]);
    await expect(say('unsave 2503.00001')).rejects.toThrow(
      '2503.00001 is not on your list. Type /arxiv saved to see the list.',
    );
  });

  it.each([
    ['save 2507.99999', 'arXiv has no paper 2507.99999; check the id.'],
    ['save sample.00001', 'This paper is invented'],
    ['save', 'Add an arXiv id or a link to a paper, for example: /arxiv save 2503.07639'],
    ['save 2503.123', '"2503.123" is not an arXiv id; use one such as 2503.07639, or a link to the paper.'],
    ['saved as word', '"as" is not an option here'],
  ])('says what to type instead of "%s"', async (text, advice) => {
    await expect(say(text)).rejects.toThrow(advice);
  });
});
