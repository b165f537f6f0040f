import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedAuthor } from '../../src/core/author.ts';
import type { AuthorStore, Stores } from '../../src/core/stores.ts';

const monday = '2025-07-07T12:00:00.000Z';
const tuesday = '2025-07-08T12:00:00.000Z';

const author = (name: string, more: Partial<IndexedAuthor> = {}): IndexedAuthor => ({
  ...{ name, authorId: `id of ${name}`, hIndex: 12 },
  ...more,
});

/** The contract of every author store; part of the contract of the stores. */
export const authorsContract = (opened: () => Stores): void => {
  describe('authors', () => {
    let authors: AuthorStore;
    beforeEach(() => {
      authors = opened().authors;
    });

    const save = (id: string, known: readonly IndexedAuthor[] | undefined, at = monday) =>
      authors.savePapers(new Map([[id, known]]), at);

    test('returns authors in their order, also without id or h-index', async () => {
      const known = [
        author('Ada Moe'),
        author('Bo "O\'Ek"; DROP TABLE 🙂', { hIndex: 0 }),
        author('Cy', { authorId: undefined, hIndex: undefined }),
        author('Ada Moe', { authorId: 'another' }),
      ];
      await save('2507.00001', known);
      expect(await authors.ofPapers(['2507.00001'])).toEqual(new Map([['2507.00001', { authors: known, at: monday }]]));
    });

    test('tells an unknown paper from one that was never looked up', async () => {
      await save('hep-th/9901001', undefined);
      expect(await authors.ofPapers(['2507.00001', 'hep-th/9901001'])).toEqual(
        new Map([['hep-th/9901001', { authors: undefined, at: monday }]]),
      );
      expect(await authors.ofPapers([])).toEqual(new Map());
    });

    test('counts a paper without authors as known', async () => {
      await save('2507.00001', []);
      expect((await authors.ofPapers(['2507.00001'])).get('2507.00001')?.authors).toEqual([]);
    });

    test('replaces an answer and its time by a later one, for that paper only', async () => {
      await save('2507.00001', undefined);
      await save('2507.00002', [author('Bo Ek')]);
      await save('2507.00003', [author('Cy Oe')]);
      const answers = new Map([
        ['2507.00001', [author('Ada Moe')]],
        ['2507.00002', undefined],
      ]);
      await authors.savePapers(answers, tuesday);
      expect(await authors.ofPapers(['2507.00001', '2507.00002', '2507.00003'])).toEqual(
        new Map([
          ['2507.00001', { authors: [author('Ada Moe')], at: tuesday }],
          ['2507.00002', { authors: undefined, at: tuesday }],
          ['2507.00003', { authors: [author('Cy Oe')], at: monday }],
        ]),
      );
    });

    test('stores and reads two thousand papers in one call each', async () => {
      const ids = Array.from({ length: 2_000 }, (_, index) => `2507.${String(index).padStart(5, '0')}`);
      await authors.savePapers(new Map(ids.map((id) => [id, [author(`Author of ${id}`)]])), monday);
      const read = await authors.ofPapers(ids);
      expect(read.size).toBe(2_000);
      expect(read.get('2507.01999')?.authors).toEqual([author('Author of 2507.01999')]);
    });

    test('returns the candidates of a name in their order until others replace them', async () => {
      const first = { authorId: '1', name: 'Ada Moe', hIndex: 3, papers: 40 };
      const second = { authorId: '2', name: 'A. Moe', hIndex: undefined, papers: undefined };
      expect(await authors.candidates('ada moe')).toBeUndefined();
      await authors.saveCandidates('ada moe', [first, second], monday);
      await authors.saveCandidates('bo ek', [], monday);
      expect(await authors.candidates('ada moe')).toEqual({ candidates: [first, second], at: monday });
      expect(await authors.candidates('bo ek')).toEqual({ candidates: [], at: monday });
      await authors.saveCandidates('ada moe', [second], tuesday);
      expect(await authors.candidates('ada moe')).toEqual({ candidates: [second], at: tuesday });
      expect(await authors.candidates('cy oe')).toBeUndefined();
    });
  });
};
