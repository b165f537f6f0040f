import { beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { Marked, SearchQuery, Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';

const shown = (parts: readonly Marked[] = []): string =>
  parts.map(({ text, isHit }) => (isHit ? `[${text}]` : text)).join('');

const hostile = [
  ...['NEAR(a b)', 'title : x', 'a OR', 'AND NOT', '"unbalanced', 'x" AND "y', '^attention', '{title} : "a"'],
  ...['attention + - *', '**', '*attention*', "'; DROP TABLE papers; --", '\u0000attention', '\ud83d attention'],
  ...['🙂 attention 👩‍👩‍👧', '注意 機構 ひらがな', 'مرحبا "שלום"', 'constructor __proto__'],
  ...['a'.repeat(5_000), 'x '.repeat(5_000), '"'.repeat(999), 'abc* '.repeat(40)],
];

/** The contract of every search; part of the contract of the stores. */
export const searchContract = (opened: () => Stores): void => {
  describe('search', () => {
    let stores: Stores;
    beforeEach(() => {
      stores = opened();
    });
    const save = (...papers: Paper[]) => stores.announcements.savePapers(papers);
    const find = (words: string, more: Partial<SearchQuery> = {}) =>
      stores.search.search({ words, limit: 10, ...more });
    const ids = async (...query: Parameters<typeof find>) => (await find(...query)).hits.map(({ paper }) => paper.id);

    test('finds papers by words in any field, form, case and accents', async () => {
      const paper = paperOf('2507.00001', {
        title: 'Quantizing Networks',
        abstract: 'We prune transformers.',
        authors: ['Zoë Müller'],
        comments: 'Accepted at NeurIPS',
      });
      await save(paper, paperOf('2507.00002'));
      for (const words of ['quantized', 'TRANSFORMER', 'muller', 'Zoe', 'neurips', 'network pruning', 'ZOE\u0308'])
        expect([words, await ids(words)]).toEqual([words, ['2507.00001']]);
      const { hits, found, isMore } = await find('quantization');
      expect(hits[0]?.paper).toEqual(paper);
      expect(hits[0]?.announced).toBeUndefined();
      expect({ found, isMore }).toEqual({ found: 1, isMore: false });
    });

    test('reads letters such as ł like their plain letters, in words and names', async () => {
      await save(
        paperOf('2507.00001', { title: 'Bodø and Łódź', authors: ['Łukasz Kaiser', 'Þór Guðmundsson', 'Ǿla Weiß'] }),
        paperOf('2507.00002', { title: 'Bodo and Lodz', authors: ['Lukasz Kaiser', 'Thor Gudmundsson', 'Ola Weiss'] }),
      );
      const both = ['2507.00001', '2507.00002'];
      for (const words of ['bodo', 'Bodø', 'ŁÓDŹ', 'lodz', '"BODØ and"', 'Łod*', 'weiss', 'WEIẞ'])
        expect([words, (await ids(words)).sort()]).toEqual([words, both]);
      for (const author of ['Lukasz', 'Łukasz Kaiser', 'Þór', 'thor guðmundsson', 'ola weiß', 'Ł. Kaiser']) {
        expect([author, (await ids('', { author })).sort()]).toEqual([author, both]);
        expect((await stores.search.byAuthor(author, 9)).map(({ id }) => id).sort()).toEqual(both);
      }
      const [hit] = (await find('lodz', { author: 'Þór' })).hits.filter(({ paper }) => paper.id === '2507.00001');
      expect(shown(hit?.title)).toBe('Bodø and [Łódź]');
    });

    test('requires all words and phrases, and reads a word with a star as a prefix', async () => {
      await save(
        paperOf('2507.00001', { abstract: 'Sparse attention in graph networks.' }),
        paperOf('2507.00002', { abstract: 'Attention that is sparse. Graphs.' }),
        paperOf('2507.00003', { abstract: 'Low-rank hypergraphs.' }),
      );
      expect((await ids('sparse attention')).sort()).toEqual(['2507.00001', '2507.00002']);
      expect(await ids('"sparse attention"')).toEqual(['2507.00001']);
      expect(await ids('“sparse attention”')).toEqual(['2507.00001']);
      expect(await ids('hypergr*')).toEqual(['2507.00003']);
      expect(await ids('low-rank')).toEqual(['2507.00003']);
      expect(await ids('rank-low')).toEqual([]);
      expect(await ids('sparse hypergraphs')).toEqual([]);
    });

    test('ignores function words unless there is nothing else', async () => {
      await save(
        paperOf('2507.00001', { title: 'Attention', abstract: 'Is all you need.' }),
        paperOf('2507.00002', { abstract: 'Attention elsewhere.' }),
      );
      expect((await ids('the attention of')).sort()).toEqual(['2507.00001', '2507.00002']);
      expect(await ids('all you')).toEqual(['2507.00001']);
    });

    test('treats any input as text: answers it or refuses it with a sentence', async () => {
      await save(paperOf('2507.00001', { abstract: 'attention' }));
      for (const words of hostile) {
        const result = await find(words).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(UserError);
        else expect(result).toMatchObject({ isMore: false });
      }
      expect(await ids('attention')).toEqual(['2507.00001']);
      expect(await ids('*attention*')).toEqual(['2507.00001']);
    });

    test('refuses a text without words', async () => {
      for (const words of ['', '  ', '+++', '"" *', '🙂', '…']) {
        await expect(find(words)).rejects.toThrow(UserError);
        await expect(find(words)).rejects.toThrow(/Type/);
      }
    });

    test('ranks titles first, exact words above stems, and adjacent words above separate ones', async () => {
      const filler = 'Something about methods and their data, described at some length.';
      await save(
        paperOf('2507.00001', { title: 'A pruned tree', abstract: filler }),
        paperOf('2507.00002', { title: 'Apples', abstract: `${filler} Pruning.` }),
        paperOf('2507.00003', { title: 'On pruning trees', abstract: filler }),
        paperOf('2507.00004', { title: 'Trees, shrubs and pruning', abstract: filler }),
      );
      expect(await ids('pruning')).toEqual(['2507.00003', '2507.00004', '2507.00001', '2507.00002']);
      expect((await ids('pruning trees'))[0]).toBe('2507.00003');
    });

    test('ranks the newer of equal papers first', async () => {
      for (const id of ['2507.00001', '2507.00002', '2507.00003']) await save(paperOf(id, { title: 'Pruning' }));
      expect(await ids('pruning')).toEqual(['2507.00003', '2507.00002', '2507.00001']);
    });

    test('finds only the newest version, also after a poorer reading, and no samples', async () => {
      await save(paperOf('2507.00001', { title: 'Old words' }), paperOf('sample.00001', { title: 'Old invention' }));
      await save(paperOf('2507.00001', { version: 3, title: 'New words' }));
      await save(paperOf('2507.00001', { version: 2, title: 'Middle words' }));
      await save(paperOf('2507.00001', { version: 3, title: 'New words', abstract: '' }));
      expect(await ids('old')).toEqual([]);
      expect(await ids('middle')).toEqual([]);
      expect(await ids('invention')).toEqual([]);
      const { hits } = await find('new abstract');
      expect(hits.map(({ paper }) => paper.version)).toEqual([3]);
    });

    test('filters by date, category and author, alone or together', async () => {
      const announce = (date: string, category: string, papers: Paper[]) =>
        stores.announcements.save({ date, category, papers: papers.map((paper) => ({ paper, type: 'new' })) });
      const old = paperOf('2507.00001', { title: 'Pruning', authors: ['Yoshua Bengio', 'Jane Roe'] });
      const young = paperOf('2507.00002', {
        title: 'Pruning again',
        authors: ['Samy Bengio', 'Yoshua Roe'],
        categories: ['math.OC', 'cs.LG'],
      });
      await announce('2025-07-07', 'cs.LG', [old]);
      await announce('2025-07-08', 'math.OC', [young]);
      await announce('2025-07-09', 'cs.LG', [young]);
      expect(await ids('pruning', { since: '2025-07-08' })).toEqual(['2507.00002']);
      expect(await ids('pruning', { since: '2025-07-10' })).toEqual([]);
      expect((await find('pruning', { since: '2025-07-07' })).found).toBe(2);
      expect(await ids('pruning', { category: 'Math.oc' })).toEqual(['2507.00002']);
      expect(await ids('pruning', { category: 'math' })).toEqual(['2507.00002']);
      expect(await ids('pruning', { category: 'mat' })).toEqual([]);
      expect(await ids('pruning', { author: 'Yoshua Bengio' })).toEqual(['2507.00001']);
      expect(await ids('pruning', { author: 'y. bengio' })).toEqual(['2507.00001']);
      expect(await ids('', { author: 'Bengio' })).toEqual(['2507.00002', '2507.00001']);
      expect(await ids('again', { author: 'Bengio', category: 'cs', since: '2025-07-09' })).toEqual(['2507.00002']);
      expect((await find('again')).hits[0]?.announced).toBe('2025-07-09');
      expect((await stores.search.byAuthor('Bengio', 1)).map(({ id }) => id)).toEqual(['2507.00002']);
      expect(await stores.search.byAuthor('Bengio Roe', 5)).toEqual([]);
      await expect(stores.search.byAuthor(' . ', 5)).rejects.toThrow(UserError);
    });

    test('considers the newest of very many matches and those in titles, and says so', async () => {
      const many = Array.from({ length: 3_200 }, (_, index) =>
        paperOf(`2508.${String(index).padStart(5, '0')}`, {
          title: index === 7 ? 'Pruning' : 'T',
          abstract: 'pruning',
        }),
      );
      await save(...many);
      const { hits, found, isMore } = await find('pruning', { limit: 2 });
      expect(hits.map(({ paper }) => paper.id)).toEqual(['2508.00007', '2508.03199']);
      expect({ found, isMore }).toEqual({ found: 3_000, isMore: true });
    });

    test('marks the hits in the title and in one passage', async () => {
      const far = 'Nothing of note is here to be read. '.repeat(20);
      const dense = 'Then graph neural networks meet sparse graphs.';
      await save(
        paperOf('2507.00001', { title: 'Graphs: a tale of graph-neural networks', abstract: `${far}${dense} ${far}` }),
        paperOf('2507.00002', { title: 'Nothing', abstract: 'Far.', comments: '9 pages, épilogue' }),
      );
      const [hit] = (await find('graph neural')).hits;
      expect(shown(hit?.title)).toBe('[Graphs]: a tale of [graph-neural] networks');
      expect(shown(hit?.passage)).toMatch(/^….*Then \[graph neural\] networks meet sparse \[graphs\]\..*…$/);
      const length = hit?.passage.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
      expect(length).toBeGreaterThan(150);
      expect(length).toBeLessThan(250);
      expect(shown((await find('epilogue')).hits[0]?.passage)).toBe('9 pages, [épilogue]');
    });

    test('never splits a character, in any script', async () => {
      const text = `${'𝔸👩‍👩‍👧🏽'.repeat(60)} e\u0301toile pruning ${'漢字'.repeat(200)}`;
      await save(paperOf('2507.00001', { title: '🙂 Étoile 🏳️‍🌈', abstract: text }));
      const [hit] = (await find('etoile pruning*')).hits;
      expect(shown(hit?.title)).toBe('🙂 [Étoile] 🏳️‍🌈');
      for (const { text } of hit?.passage ?? []) expect(text.isWellFormed()).toBe(true);
      expect(shown(hit?.passage)).toContain('[e\u0301toile pruning]');
    });

    test('finds papers that share rare words, but not the paper itself, stored or not', async () => {
      const of = (id: string, title: string, abstract: string) => paperOf(id, { title, abstract });
      const filler = Array.from({ length: 30 }, (_, index) =>
        of(`2506.${String(index).padStart(5, '0')}`, `Study ${index}`, 'We study the learning of models from data.'),
      );
      const queried = of(
        '2507.00001',
        'Sparse attention kernels',
        'We study fast kernels for sparse attention on chips.',
      );
      const near = of('2507.00002', 'Kernels of attention', 'Sparse kernels, fast on chips, for learning models.');
      const far = of('2507.00003', 'Attention in birds', 'We study how birds look at data.');
      await save(...filler, near, far);
      const order = async () => (await stores.search.similar(queried, 2)).map(({ paper }) => paper.id);
      expect(await order()).toEqual(['2507.00002', '2507.00003']);
      await save(queried);
      expect(await order()).toEqual(['2507.00002', '2507.00003']);
      const [first, second] = await stores.search.similar(queried, 2);
      expect(first?.similarity).toBeLessThanOrEqual(1);
      expect(first?.similarity).toBeGreaterThan(second?.similarity ?? 1);
      expect(second?.similarity).toBeGreaterThan(0);
      expect(shown(first?.title)).toContain('[attention]');
    });

    test('finds nothing similar to a paper without words, or if nothing else is stored', async () => {
      expect(await stores.search.similar(paperOf('2507.00001'), 5)).toEqual([]);
      await save(paperOf('2507.00001'));
      expect(await stores.search.similar(paperOf('2507.00001'), 5)).toEqual([]);
      expect(await stores.search.similar(paperOf('2507.00002', { title: '$$', abstract: '' }), 5)).toEqual([]);
    });

    test('answers parallel queries each with its own result', async () => {
      await save(paperOf('2507.00001', { title: 'Apples' }), paperOf('2507.00002', { title: 'Pears' }));
      const wanted = ['apples', 'pears', 'plums', 'pears', 'apples'];
      const found = await Promise.all(wanted.map((words) => ids(words)));
      expect(found).toEqual([['2507.00001'], ['2507.00002'], [], ['2507.00002'], ['2507.00001']]);
    });
  });
};
