import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { Rescored, Rescoring, Services } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf, scoreOf } from '../fakes/fixtures.ts';
import { pressed, reader, talk } from './changing.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const usage = { promptTokens: 900, cachedTokens: 0, completionTokens: 100, costUsd: 0.002 };
const papers: Services['papers'] = { find: async (id) => paperOf(id) };

/** Answers each paper with `answer` and keeps the requests. */
const rescoring = (
  answer: (paper: Paper, index: number) => Partial<Rescored>,
  stop?: string,
): Partial<Services> & { rescored: string[][] } => {
  const rescored: string[][] = [];
  return {
    rescored,
    papers,
    async rescore(_channel, wanted, by, onProgress): Promise<Rescoring> {
      rescored.push([by.person, ...wanted.map(({ id }) => id)]);
      wanted.forEach((_, index) => {
        onProgress(index, wanted.length);
      });
      const done = wanted.map((paper, index) => {
        return { paper, before: scoreOf(paper.id, 8, 7), after: undefined, isUpdated: false, ...answer(paper, index) };
      });
      return { papers: done, usage, stop };
    },
  };
};

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `2507.${10000 + index}`);

describe('rescore', () => {
  it('lets anybody rescore papers and shows the scores before and after', async () => {
    const [one = '', two = '', three = ''] = ids(3);
    const services = rescoring(({ id }) => ({
      after: id === one ? scoreOf(id, 7, 7) : scoreOf(id, 9, 7),
      before: id === three ? scoreOf(id, 5, 5) : scoreOf(id, 8, 7),
      isUpdated: id !== three,
    }));
    const { lines } = await talk(stores, { person: reader, services });
    expect(await lines(`rescore ${one} https://arxiv.org/abs/${two} ${three}v2`)).toEqual([
      'Rescored 3 papers · foundations',
      `8 + 7 → 9 + 7  Title of ${two} (${two})`,
      `5 + 5 → 9 + 7  Title of ${three} (${three})`,
      `8 + 7 → 7 + 7  Title of ${one} (${one})`,
      `Now at or above the cutoffs: Title of ${three}. Now below the cutoffs: Title of ${one}.`,
      'Relevance + novelty. 2 posted messages updated. 1,000 tokens · $0.0020',
      '[Top papers: top]',
    ]);
    expect(services.rescored).toEqual([[reader, one, two, three]]);
  });

  it('folds papers that keep their scores into one line', async () => {
    const [one = '', two = '', three = ''] = ids(3);
    const services = rescoring(({ id }) => ({ after: id === one ? scoreOf(id, 9, 9) : scoreOf(id, 8, 7) }));
    const { lines } = await talk(stores, { services });
    expect((await lines(`rescore ${one} ${two} ${three}`)).slice(1, 3)).toEqual([
      `8 + 7 → 9 + 9  Title of ${one} (${one})`,
      `2 papers keep their scores: ${two}, ${three}.`,
    ]);
    expect((await lines(`rescore ${ids(12).join(' ')}`))[2]).toMatch(/^11 papers keep their scores: .* and 3 more\.$/);
    expect((await lines(`rescore ${two} ${three}`))[1]).toMatch(/^2 papers keep/);
    expect((await lines(`rescore ${two}`))[1]).toBe(`8 + 7 → 8 + 7  Title of ${two} (${two})`);
  });

  it('mentions posted messages only if one was updated', async () => {
    const services = rescoring(() => ({ after: scoreOf('', 8, 7), isUpdated: false }));
    const { lines } = await talk(stores, { services });
    expect(await lines(`rescore ${ids(2).join(' ')}`)).toContain('Relevance + novelty. 1,000 tokens · $0.0020');
  });

  it('says how to remake the digest that a newly scored paper is missing from', async () => {
    const [one = '', two = '', three = ''] = ids(3);
    const announce = (date: string, ...announced: string[]) =>
      stores.announcements.save({
        ...{ category: 'cs.LG', date, papers: announced.map((id) => ({ paper: paperOf(id), type: 'new' as const })) },
      });
    await announce('2025-07-07', one, two);
    await announce('2025-07-08', three);
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-07' });
    const services = rescoring(({ id }) => ({
      ...{ before: undefined, after: id === two ? scoreOf(id, 5, 5) : scoreOf(id, 8, 7) },
    }));
    const { lines } = await talk(stores, { services });
    expect((await lines(`rescore ${one}`)).slice(0, 3)).toEqual([
      'Scored 1 paper · foundations',
      `no score → 8 + 7  Title of ${one} (${one})`,
      `Now at or above the cutoffs: Title of ${one}. The digest of Monday, 7 July 2025 stays unchanged. A manager can remake it with /arxiv retract 2025-07-07, then /arxiv digest 2025-07-07.`,
    ]);
    expect((await lines(`rescore ${two}`))[2]).toMatch(/^No paper crossed the cutoffs/);
    // Its day has no digest.
    expect((await lines(`rescore ${three}`))[2]).toBe(`Now at or above the cutoffs: Title of ${three}.`);
    await saveDigest(stores, [paperOf('2')], { date: '2025-07-08' });
    expect((await lines(`rescore ${one} ${three}`))[3]).toContain(
      'Their digests stay unchanged. A manager can remake the digest of Tuesday, 8 July 2025 with /arxiv retract 2025-07-08, then',
    );
  });

  it('says how many had a score before', async () => {
    const [one = '', two = ''] = ids(2);
    const services = rescoring(({ id }) => ({
      ...{ before: id === one ? undefined : scoreOf(id, 5, 5), after: scoreOf(id, 5, 6) },
    }));
    const { lines } = await talk(stores, { services });
    expect((await lines(`rescore ${one} ${two}`))[0]).toBe('Scored 2 papers, 1 of them again · foundations');
  });

  it('takes the papers of the newest digest, or of a date', async () => {
    const services = rescoring(({ id }) => ({ after: scoreOf(id, 8, 7) }));
    await saveDigest(stores, [paperOf('1'), paperOf('2')], { date: '2025-07-07' });
    await saveDigest(stores, [paperOf('3')], { date: '2025-07-08' });
    const { lines } = await talk(stores, { services });
    expect(await lines('rescore')).toContain('No paper crossed the cutoffs (relevance 8 and novelty 7 or higher).');
    await lines('rescore 2025-07-07');
    expect(services.rescored.map(([, ...ids]) => ids)).toEqual([['3'], ['1', '2']]);
    await expect(lines('rescore 2025-07-01')).rejects.toThrow('Type /arxiv rescore 2025-07-07');
  });

  it('asks before rescoring many, and shows progress', async () => {
    const services = rescoring(({ id }) => ({ after: scoreOf(id, 8, 7) }));
    await saveDigest(
      stores,
      ids(37).map((id) => paperOf(id)),
    );
    const { message } = await talk(stores, { services });
    const question = await message('rescore');
    expect(services.rescored).toEqual([]);
    const progress: string[] = [];
    await message(pressed(question, 'Rescore'), {
      progress: ({ summary }) => progress.push(summary),
    });
    expect(services.rescored[0]).toHaveLength(38);
    expect(progress[0]).toBe('Scored 0 of 37 papers …');
    expect(progress).toContain('Scored 12 of 37 papers …');
    expect(progress.length).toBeLessThanOrEqual(11);
  });

  it('says what to type if the ids do not fit in a button', async () => {
    const services = rescoring(({ id }) => ({ after: scoreOf(id, 8, 7) }));
    const { lines } = await talk(stores, { services });
    const text = `rescore ${ids(21).join(' ')}`;
    expect(await lines(text)).toContain('To continue, type the same command again with the word confirmed at the end.');
    expect((await lines(`${text} confirmed`))[0]).toContain('Rescored 21 papers');
  });

  it('says why it stopped early and which papers have no answer', async () => {
    const services = rescoring(
      ({ id }, index) => (index === 0 ? { after: scoreOf(id, 8, 7) } : {}),
      'The budget is spent.',
    );
    const { lines } = await talk(stores, { services });
    const [one = '', two = ''] = ids(2);
    const shown = await lines(`rescore ${two} ${one}`);
    expect(shown).toContain('Stopped early: The budget is spent.');
    expect(shown).toContain(`8 + 7 → no answer  Title of ${one} (${one})`);
  });

  it('refuses papers with a day, invented papers, and no digest', async () => {
    const { lines } = await talk(stores, { services: rescoring(() => ({})) });
    await expect(lines('rescore 2507.10000 2025-07-08')).rejects.toThrow('papers or a date, not both');
    await expect(lines('rescore sample.00001')).rejects.toThrow('invented');
    await expect(lines('rescore')).rejects.toThrow('There is no digest yet');
    await saveDigest(stores, [paperOf('sample.00001')]);
    await expect(lines('rescore')).rejects.toThrow('invented');
  });
});
