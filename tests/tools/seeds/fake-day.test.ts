import { describe, expect, it } from 'vitest';
import { fakeDayOf, fillerDay, settingsOf } from '../../../tools/seeds/fake-day.ts';
import { parseSeed } from '../../../tools/seeds/parse-seed.ts';
import { firstPage, textPage } from './invented-pages.ts';

const first = parseSeed('first.txt', firstPage);
const withAuthor = parseSeed('text.txt', textPage);

describe('the day behind a page', () => {
  const settings = settingsOf(first);
  const day = fakeDayOf(first, settings);
  const wanted = day.papers.filter(({ id }) => first.papers.some((paper) => paper.id === id));
  const fillers = day.papers.filter((paper) => !wanted.includes(paper));

  it('has the announced number of papers, and the scanned number of new and cross-listed ones', () => {
    expect(day.papers).toHaveLength(9);
    expect(day.papers.filter(({ replaced }) => !replaced)).toHaveLength(5);
    expect(new Set(day.papers.map(({ id }) => id)).size).toBe(9);
    expect(day.papers.every(({ categories }) => categories.some((name) => ['cs.LG', 'cs.AI'].includes(name)))).toBe(
      true,
    );
  });

  it("has the page's papers with their texts, the lower scores first", () => {
    expect(wanted.map(({ id }) => id)).toEqual(['2402.00002', '2402.00001']);
    expect(wanted[1]).toMatchObject({ title: 'Gears [and] Wheels (II)', authors: ['Ada Moe', "Bo D\\'ia"] });
    expect(day.verdicts.get('2402.00001')).toEqual({ relevance: 10, novelty: 8, comment: 'It meets "gears".' });
  });

  it('has papers with the same scores in the order of the page', () => {
    const papers = ['2402.00007', '2402.00005', '2402.00006'].map((id) => ({ ...first.papers[1], id }));
    const same = { ...first, papers: papers as typeof first.papers };
    const ids = fakeDayOf(same, settings).papers.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('2402.0000'))).toEqual(['2402.00007', '2402.00005', '2402.00006']);
  });

  it('has no other paper that reaches both cutoffs, though some have a higher sum', () => {
    const { relevance, novelty } = settings.cutoffs;
    const many = fakeDayOf({ ...first, counts: { announced: 40, scanned: 30, relevant: 2 } }, settings);
    const scores = [...many.verdicts].filter(([id]) => !id.startsWith('2402.0000')).map(([, verdict]) => verdict);
    expect(scores).toHaveLength(28);
    const sums = scores.map((verdict) => Number(verdict?.relevance) + Number(verdict?.novelty));
    expect(Math.max(...sums)).toBeGreaterThan(relevance + novelty);
    expect(scores.filter((one) => Number(one?.relevance) >= relevance && Number(one?.novelty) >= novelty)).toEqual([]);
    expect(fillers).toHaveLength(7);
  });
});

describe('the day behind a page with an author match', () => {
  const settings = settingsOf(withAuthor);
  const day = fakeDayOf(withAuthor, settings);

  it('follows the last author, by a known id', () => {
    const [followed] = settings.authors;
    expect(followed?.name).toBe('Bo Ek');
    expect(day.scholar['2402.00003']?.at(-1)).toMatchObject({ authorId: followed?.semanticScholarId, name: 'Bo Ek' });
  });

  it('scores the paper and its authors too low, so that only the match counts', () => {
    expect(day.verdicts.get('2402.00003')).toMatchObject({ relevance: 6, novelty: 5 });
    expect(day.scholar['2402.00003']?.every(({ hIndex }) => Number(hIndex) < settings.minHIndex)).toBe(true);
  });
});

describe('a neighboring day', () => {
  it('has other papers, and none is picked', () => {
    const [friday, tuesday] = ['2024-02-02', '2024-02-06'].map((date) => fillerDay(date, settingsOf(withAuthor)));
    const ids = [friday, tuesday, fakeDayOf(withAuthor, settingsOf(withAuthor))].flatMap((day) =>
      (day?.papers ?? []).map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
