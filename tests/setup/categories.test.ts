import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArxivClient } from '../../src/arxiv/client.ts';
import { searchPapers } from '../../src/arxiv/search.ts';
import { ExternalError } from '../../src/core/errors.ts';
import {
  categoriesByName,
  categoriesFault,
  splitCategories,
  suggestCategories,
  termsOf,
} from '../../src/setup/categories.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { quietLogger } from '../fakes/logger.ts';

const { signal } = new AbortController();
const noSearch = async (): Promise<never> => {
  throw new Error('not asked');
};

describe('suggested categories', () => {
  let arxiv: FakeArxiv;
  beforeEach(async () => {
    const paper = (id: string, title: string, categories: string[]) => ({
      ...{ id, title, categories, abstract: 'About gears.', authors: ['Ada Moe'] },
    });
    const papers = [
      paper('2507.00001', 'Pruning trees', ['cs.CL', 'cs.LG']),
      paper('2507.00002', 'Pruning roses', ['cs.CL']),
      paper('2507.00003', 'Worm drives', ['cs.RO']),
    ];
    arxiv = await startFakeArxiv({ days: { '2025-07-08': papers } });
  });
  afterEach(() => arxiv.close());

  const search = (terms: readonly string[]) => {
    const clock = { realNow: () => Date.now(), sleep: async () => {} };
    const client = createArxivClient({ fetch, clock, logger: quietLogger, userAgent: 'Paperboy/0', random: () => 0 });
    return searchPapers({ client, apiUrl: `${arxiv.url}/` }, terms, signal);
  };

  it('come from the liked papers first, primary categories before cross-lists', async () => {
    const liked = [
      { ...paperOf('2507.00001'), categories: ['cs.CV', 'cs.LG'] },
      { ...paperOf('2507.00002'), categories: ['cs.CV', 'cs.LG', 'eess.IV'] },
      { ...paperOf('2507.00003'), categories: ['cs.LG'] },
    ];
    expect(await suggestCategories({ words: 'pruning', liked }, noSearch, signal)).toEqual({
      categories: ['cs.CV', 'cs.LG'],
      basis: 'liked papers',
    });
  });

  it('come from the papers that arXiv finds for the words', async () => {
    expect(await suggestCategories({ words: 'pruning, not surveys', liked: [] }, search, signal)).toEqual({
      categories: ['cs.CL'],
      basis: 'papers on arXiv',
    });
    const [request = ''] = arxiv.requests;
    expect(new URLSearchParams(request.split('?')[1]).get('search_query')).toBe('all:"pruning"');
  });

  it('come from the names of categories without a network', async () => {
    const failing = async (): Promise<never> => {
      throw new ExternalError({ service: 'arXiv', message: 'arXiv cannot be reached.' });
    };
    expect(await suggestCategories({ words: 'robotics and logic', liked: [] }, failing, signal)).toMatchObject({
      categories: expect.arrayContaining(['cs.RO']),
      basis: 'names',
    });
    expect(categoriesByName('number theory')[0]).toBe('math.NT');
    expect(categoriesByName('xyzzy')).toEqual([]);
  });

  it('searches for subjects, not for filler', () => {
    expect(termsOf('I work on efficient inference: KV cache compression, speculative decoding. No surveys.')).toEqual([
      'efficient inference',
      'kv cache compression',
      'speculative decoding',
    ]);
    expect(termsOf('everything about legged locomotion')).toEqual(['legged locomotion']);
  });
});

describe('entered categories', () => {
  it('may be separated by commas, spaces or brackets', () => {
    expect(splitCategories('[cs.LG, cs.AI]; cs.LG')).toEqual(['cs.LG', 'cs.AI']);
  });

  it('are refused with the nearest that exist', () => {
    expect(categoriesFault(['cs.LG', 'cs.LQG'])).toMatch(/"cs.LQG" is not an arXiv category; did you mean "cs.LG"/);
    expect(categoriesFault(['robotics', 'cs.LG', 'xyzzy'])).toBe(
      '"robotics" is not an arXiv category; did you mean "cs.RO"? ' +
        '"xyzzy" is not an arXiv category; use one such as cs.LG, math.AG or hep-th.',
    );
    expect(categoriesFault([])).toMatch(/at least one/);
    expect(categoriesFault(['cs.LG', 'hep-th'])).toBeUndefined();
  });
});
