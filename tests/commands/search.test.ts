import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { search } from '../../commands/search.ts';
import { similar } from '../../commands/similar.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { SearchStore, Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { savePosted } from '../fakes/posted.ts';
import { type Asking, ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const papers = {
  async find(id: string) {
    const paper = await stores.announcements.paper(id);
    if (!paper) throw new UserError(`arXiv has no paper ${id}; check the id.`);
    return paper;
  },
};
const say = (text: string, more: Asking = {}) =>
  ask(stores, text, { list: [search, similar], services: { papers }, ...more });
const lines = async (text: string, more: Asking = {}) => linesOf(await say(text, more));

const announce = (date: string, category: string, list: Paper[]) =>
  stores.announcements.save({ date, category, papers: list.map((paper) => ({ paper, type: 'new' })) });
const named = (id: string, title: string, more: Partial<Paper> = {}) => paperOf(id, { title, ...more });

describe('search', () => {
  it('shows date, scores and votes, and the found words in bold', async () => {
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001', paper: { title: 'Pruning of sparse experts' } }]);
    await announce('2025-07-08', 'cs.LG', [named('2507.00001', 'Pruning of sparse experts')]);
    const message = await say('search pruning');
    expect(message.summary).toBe('1 paper found for pruning');
    expect(linesOf(message)[1]).toBe('1. Pruning of sparse experts  2507.00001 · 8 July 2025 · 9 + 8');
    expect(linesOf(message)).toContain('Type /arxiv show with an id for details.');
    const paragraph = message.blocks.find(({ type }) => type === 'paragraph');
    expect(paragraph).toMatchObject({
      content: [
        '1. ',
        { text: 'Pruning', bold: true, url: 'https://arxiv.org/abs/2507.00001' },
        expect.anything(),
        expect.anything(),
      ],
    });
    expect((await lines('search pruning', { channel: undefined }))[1]).not.toContain('9 + 8');
  });

  it('shows page after page', async () => {
    await stores.announcements.savePapers(
      Array.from({ length: 19 }, (_, index) => named(`2507.000${10 + index}`, `Sparse networks, part ${index}`)),
    );
    const first = await lines('search sparse networks');
    expect(first.filter((line) => /^\d+\. /.test(line))).toHaveLength(8);
    expect(first).toContain('Papers 1 to 8. Add page 2 to see more.');
    expect(first.at(-1)).toBe('[More: search sparse networks page 2]');
    const last = await lines('search sparse networks page 3');
    expect(last.filter((line) => /^\d+\. /.test(line)).map((line) => line.slice(0, 3))).toEqual(['17.', '18.', '19.']);
    expect(last.at(-1)).toMatch(/^Papers 17 to 19\. Type/);
    await expect(say('search sparse networks page 9')).rejects.toThrow('Type /arxiv search sparse networks page 3.');
  });

  it('lists the papers of an author without other words', async () => {
    await announce('2025-07-08', 'cs.LG', [
      paperOf('2507.00081', { authors: ['Grace Other'] }),
      paperOf('2507.00082', { authors: ['Ada First', 'Ben Second', 'Émile Third'] }),
    ]);
    const found = await say('search author Grace');
    expect(found.papers).toEqual({ first: 1, ids: ['2507.00081'] });
    expect(linesOf(found)[0]).toBe('1 paper found: author "Grace"');
    expect(linesOf(found)[1]).toBe('1. Title of 2507.00081  Grace Other · 2507.00081 · 8 July 2025');
    expect((await lines('search author emile'))[1]).toMatch(/^1\. Title of 2507\.00082 {2}Émile Third · /);
    expect((await lines('search author Nobody'))[0]).toMatch(/^Nothing found for author "Nobody"\./);
  });

  it('keeps since, author and cat on the next page', async () => {
    const list = Array.from({ length: 9 }, (_, index) => named(`2507.0001${index}`, 'Sparse networks'));
    await announce('2025-07-08', 'cs.LG', list);
    const found = await lines('search sparse since 2025-07-01 author Ada First cat cs.LG');
    expect(found.at(-1)).toBe('[More: search sparse since 2025-07-01 author "Ada First" cat cs.LG page 2]');
    expect((await lines('search sparse since 2025-07-01 author "Ada First" cat cs.LG page 2'))[1]).toMatch(/^9\. /);
  });

  it('shows a hint instead of a button if the command is too long', async () => {
    const title = 'word '.repeat(20).trim();
    await stores.announcements.savePapers(Array.from({ length: 9 }, (_, index) => named(`2507.0001${index}`, title)));
    const found = await lines(`search ${title}`);
    expect(found.at(-1)).toContain('Add page 2');
  });

  it('says "more than" if it stopped counting', async () => {
    const hits = Array.from({ length: 8 }, (_, index) => {
      const paper = paperOf(`2507.0001${index}`);
      return { paper, announced: undefined, similarity: 1, title: [{ text: paper.title, isHit: false }], passage: [] };
    });
    const fake: SearchStore = { ...stores.search, search: async () => ({ hits, found: 3000, isMore: true }) };
    const answer = await ask({ ...stores, search: fake }, 'search the', { list: [search] });
    expect(answer.summary).toBe('More than 3,000 papers found for the');
  });

  it('suggests what to try if nothing is found', async () => {
    await announce('2025-07-08', 'cs.LG', [named('2507.00001', 'Sparse networks')]);
    expect((await lines('search volcano'))[0]).toMatch(
      /^Nothing found for volcano\. A paper must contain all of the words/,
    );
    expect(await lines('search sparse author Nobody')).toEqual([
      'Nothing found for sparse author "Nobody". Try it without author.',
      '[Clear filters: search sparse]',
    ]);
    expect((await lines('search page since 2025-07-07 15')).at(-1)).toBe('[Clear filters: search "page" 15]');
    expect(await lines('search sparse cat cs.LGG')).toEqual([
      'Nothing found for sparse cat cs.LGG. Did you mean cat cs.LG?',
      '[In cs.LG: search sparse cat cs.LG]',
      '[Clear filters: search sparse]',
    ]);
  });

  it('shows the paper of an id or a link', async () => {
    await stores.announcements.savePapers([named('2503.07639', 'Mixture of experts', { abstract: '' })]);
    const shown = [
      '2503.07639 is Mixture of experts. Type /arxiv show 2503.07639 for details.',
      '[Show paper: show 2503.07639]',
      'No paper contains that text.',
    ];
    expect(await lines('search 2503.07639')).toEqual(shown);
    expect(await lines('search https://arxiv.org/abs/2503.07639v2')).toEqual(shown);
    expect((await lines('search arXiv:2503.07640'))[0]).toBe(
      '2503.07640 is a paper id. Type /arxiv show 2503.07640 for details.',
    );
    expect((await lines('search 2503.07639 2503.07640')).at(-2)).toBe('[Show 2503.07640: show 2503.07640]');
  });

  it('shows it above the papers that contain the text', async () => {
    await stores.announcements.savePapers([
      named('2507.00001', 'A reply', { comments: 'Comments on 2503.07639' }),
      ...Array.from({ length: 9 }, (_, index) => named(`2507.0001${index}`, 'Reply', { comments: 'See 2503.07639' })),
    ]);
    const found = await lines('search 2503.07639');
    expect(found[0]).toBe('10 papers found: 2503.07639');
    expect(found[1]).toContain('Type /arxiv show 2503.07639 for details.');
    expect(await lines('search 2503.07639 page 2')).not.toContain('[Show paper: show 2503.07639]');
  });

  it.each([
    ['search', 'Add '],
    ['search !!!', /./],
  ])('says what to type instead of "%s"', async (text, advice) => {
    await expect(say(text)).rejects.toThrow(UserError);
    await expect(say(text)).rejects.toThrow(advice);
  });
});

describe('similar', () => {
  const about = (id: string, words: string) => named(id, words, { abstract: `We study ${words} in detail.` });

  it('shows how similar papers are, and says that there are few', async () => {
    await announce('2025-07-08', 'cs.LG', [
      about('2507.00001', 'pruning of quantized transformer weights'),
      about('2507.00002', 'pruning and quantized weights of transformer layers'),
      about('2507.00003', 'volcanic ash over Iceland'),
    ]);
    const found = await lines('similar 2507.00001');
    expect(found[0]).toBe('Papers similar to pruning of quantized transformer weights');
    expect(found[2]).toMatch(
      /^pruning and quantized weights of transformer layers {2}\d+% similar · 8 July 2025 {2}Ada First, Ben Second · 2507\.00002$/,
    );
    expect(found.join()).toContain('Only 1 similar paper so far.');
    expect(found).toContain('[Show paper: show 2507.00001]');
  });

  it('says that no paper is similar', async () => {
    await stores.announcements.savePapers([about('2507.00003', 'volcanic ash over Iceland')]);
    expect((await lines('similar 2507.00003')).join()).toContain('No similar papers yet.');
  });

  it('offers more papers', async () => {
    await stores.announcements.savePapers([paperOf('2507.00010')]);
    const near = ['2507.00011', '2507.00012'].map((id) => {
      return { paper: paperOf(id), announced: undefined, similarity: 0.5, title: [], passage: [] };
    });
    const fake: SearchStore = { ...stores.search, similar: async (_, limit) => near.slice(0, limit) };
    const found = linesOf(
      await ask({ ...stores, search: fake }, 'similar 2507.00010 2', { list: [similar], services: { papers } }),
    );
    expect(found[2]).toBe('Title of 2507.00011  50% similar  Ada First, Ben Second · 2507.00011');
    expect(found).toContain('[More: similar 2507.00010 20]');
  });

  it.each([
    ['similar', 'Add an arXiv id or a link to a paper'],
    ['similar 2507.12345', 'arXiv has no paper 2507.12345; check the id.'],
  ])('says what to type instead of "%s"', async (text, advice) => {
    await expect(say(text)).rejects.toThrow(advice);
  });
});
