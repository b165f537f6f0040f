import { describe, expect, it } from 'vitest';
import { compare, type Difference } from '../../../tools/seeds/compare.ts';
import { explain } from '../../../tools/seeds/explanations.ts';
import type { DayPage, PagePaper } from '../../../tools/seeds/page.ts';
import { parseSeed } from '../../../tools/seeds/parse-seed.ts';
import { report } from '../../../tools/seeds/report.ts';
import { firstPage, textPage } from './invented-pages.ts';

const seed = parseSeed('first.txt', firstPage);
const [gears, bearings] = seed.papers as [PagePaper, PagePaper];
const withAuthor = parseSeed('text.txt', textPage);

const oursWith = (more: Partial<DayPage>, of = seed): DayPage => ({ ...of, cached: 0, ...more });

const fieldsOf = (differences: readonly Difference[]): string[] => differences.map(({ field }) => field);

describe('the comparison', () => {
  it('finds nothing between equal pages', () => {
    expect(compare(seed, oursWith({}))).toEqual([]);
    expect(compare(withAuthor, oursWith({}, withAuthor))).toEqual([]);
  });

  it.each([
    ['date', { date: '2024-02-06' }],
    ['announced', { counts: { ...seed.counts, announced: 8 } }],
    ['scanned', { counts: { ...seed.counts, scanned: 8 } }],
    ['relevant', { counts: { ...seed.counts, relevant: 8 } }],
    ['model', { model: 'gpt-4' }],
    ['tokens', { tokens: { ...seed.tokens, completion: 1 } }],
    ['cached', { cached: 128 }],
    ['cost', { cost: { ...seed.cost, total: 0.14 } }],
    ['remedial', { remedial: { from: '2024-02-02', to: '2024-02-04', made: '2024-02-09' } }],
    ['contents', { contents: [...seed.contents].reverse() }],
    ['papers', { papers: [bearings, gears] }],
    ['papers', { papers: [gears] }],
    ['papers', { papers: [gears, bearings, { ...bearings, id: '2402.00003' }] }],
    ['title', { papers: [{ ...gears, title: 'Gears' }, bearings] }],
    ['authors', { papers: [{ ...gears, authors: 'Ada Moe' }, bearings] }],
    ['abstract', { papers: [gears, { ...bearings, abstract: 'Comment.' }] }],
    ['comment', { papers: [gears, { ...bearings, comment: '' }] }],
    ['relevance', { papers: [gears, { ...bearings, relevance: 8 }] }],
    ['followed', { papers: [gears, { ...bearings, followed: true }] }],
    ['novelty', { papers: [gears, { ...bearings, novelty: undefined }] }],
  ] satisfies [string, Partial<DayPage>][])('finds another %s, and explains none', (field, more) => {
    const found = compare(seed, oursWith(more));
    expect(new Set(fieldsOf(found))).toEqual(new Set([field]));
    expect(found.every((difference) => explain(difference, seed).left)).toBe(true);
  });

  it('compares links to other days only if the seed has them', () => {
    expect(compare(seed, oursWith({ previous: '2024-02-02', month: '2024-02' }))).toEqual([]);
    expect(fieldsOf(compare(withAuthor, oursWith({ next: undefined }, withAuthor)))).toEqual(['navigation']);
  });

  it('accepts any prompt that contains the topics and criteria, line by line', () => {
    const prompt = `Ours.\n\n${seed.criteria}\n\nAnd:\n${seed.topics.replaceAll('\n', '\n  ')}`;
    const [difference, ...more] = compare(seed, oursWith({ prompt }));
    expect(more).toEqual([]);
    expect(difference && explain(difference, seed).left).toBeUndefined();
    expect(fieldsOf(compare(seed, oursWith({ prompt: prompt.replace('worm', 'warm') })))).toEqual(['prompt', 'topics']);
    expect(fieldsOf(compare(seed, oursWith({ prompt: prompt.replace('> Two', '> 2') })))).toEqual([
      'prompt',
      'criteria',
    ]);
  });
});

describe('the explanations', () => {
  const abstractOf = (abstract: string): Difference => {
    return { field: 'abstract', paper: bearings.id, seed: 'A \\emph{new}\nM\\"uller of 5\\%.', ours: abstract };
  };

  it('name every rewrite that a text needs', () => {
    expect(explain(abstractOf('A new Müller of 5%.'), seed)).toEqual({
      reasons: [
        'TeX accents are Unicode',
        'font commands are removed',
        'escaped characters are unescaped',
        'line breaks and runs of spaces are one space',
      ],
      left: undefined,
    });
  });

  it('do not hold for a text with other differences, which are kept', () => {
    const { reasons, left } = explain(abstractOf('A new Muller of 5%.'), seed);
    expect(reasons).toEqual([]);
    expect(left).toMatchObject({ seed: 'A new Müller of 5%.', ours: 'A new Muller of 5%.' });
  });

  it('allow a different comment and scores if the seed only has an author match', () => {
    const paper = (id: string): Difference => ({ field: 'comment', paper: id, seed: 'Author match', ours: 'Scored.' });
    expect(explain(paper('2402.00003'), withAuthor).reasons).toHaveLength(1);
    expect(explain(paper('2402.00001'), withAuthor).reasons).toHaveLength(0);
    expect(explain({ ...paper('2402.00003'), field: 'relevance', ours: 'none' }, withAuthor).left).toBeDefined();
  });
});

describe('the report', () => {
  const finding = (difference: Difference, where: string) => {
    return { day: '2024-02-05', where, difference, ...explain(difference, seed) };
  };
  const accent = (paper: string): Difference => ({ field: 'authors', paper, seed: "Bo D\\'ia", ours: 'Bo Día' });

  it('lists unexplained differences first, shortened, and counts the explained ones', () => {
    const abstract = `${'The gears turn. '.repeat(10)}Forward.`;
    const turned: Difference = {
      ...{ field: 'abstract', paper: '2402.00002' },
      ...{ seed: abstract, ours: abstract.replace('Forward', 'Back') },
    };
    expect(
      report([
        finding(accent('2402.00001'), 'page'),
        finding(turned, 'data'),
        finding(accent('2402.00001'), 'data'),
        finding(accent('2402.00002'), 'page'),
      ]),
    ).toBe(`Not explained:

day         in    field     paper       seed                           ours
----------  ----  --------  ----------  -----------------------------  --------------------------
2024-02-05  data  abstract  2402.00002  …rn. The gears turn. Forward.  …rn. The gears turn. Back.

Explained:

day         in          field    papers                 reason
----------  ----------  -------  ---------------------  -----------------------
2024-02-05  page, data  authors  2, such as 2402.00001  TeX accents are Unicode`);
  });
});
