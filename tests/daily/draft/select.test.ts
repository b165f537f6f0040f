import { describe, expect, it } from 'vitest';
import type { AuthorMatch } from '../../../src/core/digest.ts';
import type { Candidate } from '../../../src/core/paper.ts';
import type { Score } from '../../../src/core/score.ts';
import { select } from '../../../src/daily/draft/select.ts';
import { channelOf, paperOf, scoreOf, standingOf } from '../../fakes/fixtures.ts';

const matchLimits = { papers: 2, floor: 90 };

type Row = [id: string, relevance: number, novelty: number];

/** Candidates in arXiv's order and their scores; a paper of relevance 0 has none. */
const day = (...rows: Row[]) => ({
  candidates: rows.map(([id]): Candidate => ({ paper: paperOf(id), type: 'new' })),
  scores: new Map(rows.flatMap(([id, r, n]) => (r === 0 ? [] : [[id, scoreOf(id, r, n)] as const]))),
});

const selected = (
  rows: Row[],
  more: Parameters<typeof channelOf>[0] = {},
  authors: Record<string, string> = {},
  points: Record<string, number> = {},
) => {
  const { candidates, scores } = day(...rows);
  const matches = new Map<string, AuthorMatch[]>();
  for (const [id, name] of Object.entries(authors)) matches.set(id, [{ name, basis: 'id' }]);
  const nudges = new Map(Object.entries(points).map(([id, moved]) => [id, { points: moved, words: 'you liked it' }]));
  return select(candidates, scores, { ...channelOf(more), matchLimits }, matches, nudges);
};
const ids = (entries: ReturnType<typeof select>['entries']) => entries.map(({ rank, paper }) => `${rank} ${paper.id}`);

describe('the selection', () => {
  it('picks papers that reach both cutoffs', () => {
    const { entries, relevant, nearest } = selected([
      ['both', 8, 7],
      ['relevance', 10, 6],
      ['novelty', 7, 10],
    ]);
    expect(ids(entries)).toEqual(['1 both']);
    expect(entries[0]?.reason).toEqual({ kind: 'cutoffs' });
    expect([relevant, nearest]).toEqual([1, []]);
  });

  it('orders by total score, then relevance, then as arXiv does', () => {
    const rows: Row[] = [
      ['c', 8, 8],
      ['d', 8, 8],
      ['b', 9, 7],
      ['a', 9, 8],
    ];
    expect(ids(selected(rows).entries)).toEqual(['1 a', '2 b', '3 c', '4 d']);
  });

  it('picks the best papers per day of the built-in scorer that reach the floor', () => {
    const of = (...matches: number[]) => {
      const all = matches.map(
        (match, index) => [String(index + 1), standingOf(String(index + 1), index + 1, match)] as const,
      );
      const candidates = all.map(([id]): Candidate => ({ paper: paperOf(id), type: 'new' }));
      return select(candidates.toReversed(), new Map(all), { ...channelOf(), matchLimits }, new Map());
    };
    const full = of(99.9, 97, 95, 20);
    expect([ids(full.entries), full.relevant]).toEqual([['1 1', '2 2'], 2]);
    expect(full.entries.map(({ reason }) => reason.kind)).toEqual(['match', 'match']);
    expect(ids(of(90, 89.9).entries)).toEqual(['1 1']);
    const none = of(89.9, 50, 40, 30);
    expect([none.relevant, ids(none.nearest)]).toEqual([0, ['1 1', '2 2', '3 3']]);
  });

  const mixed = (model: Row[], builtIn: Record<string, number>, more: Parameters<typeof channelOf>[0] = {}) => {
    const { candidates, scores } = day(...model);
    const matches = Object.entries(builtIn).map(
      ([id, match], index) => [id, standingOf(id, index + 1, match)] as const,
    );
    const others = matches.map(([id]): Candidate => ({ paper: paperOf(id), type: 'new' }));
    const all = new Map<string, Score>([...matches, ...scores]);
    return (authors: ReadonlyMap<string, AuthorMatch[]> = new Map(), nudges = new Map()) =>
      select([...others, ...candidates], all, { ...channelOf(more), matchLimits }, authors, nudges);
  };

  it('puts the papers of the built-in scorer last', () => {
    const two: Row[] = [
      ['a', 8, 7],
      ['b', 9, 9],
    ];
    expect(ids(mixed(two, { x: 99, y: 98, z: 97 })().entries)).toEqual(['1 b', '2 a', '3 x', '4 y']);
    const cut = mixed(two, { x: 99, y: 98 }, { top: 2 })();
    expect([ids(cut.entries), cut.relevant]).toEqual([['1 b', '2 a'], 4]);
    const followed = mixed(two, { x: 99, y: 1 })(new Map([['y', [{ name: 'Ada First', basis: 'id' }]]]));
    expect(ids(followed.entries)).toEqual(['1 y', '2 b', '3 a', '4 x']);
  });

  it('lets votes order the papers of the built-in scorer, and decide which it picks', () => {
    const moved = (points: number) =>
      ids(
        mixed([], { a: 99, b: 97, c: 95, d: 10 })(new Map(), new Map([['c', { points, words: 'you liked it' }]]))
          .entries,
      );
    expect(moved(0.5)).toEqual(['1 a', '2 b']);
    expect(moved(4)).toEqual(['1 a', '2 c']);
  });

  it('puts papers by followed authors first, even below the cutoffs, with the author', () => {
    const rows: Row[] = [
      ['best', 10, 10],
      ['low', 1, 2],
      ['lower', 1, 1],
    ];
    const { entries, relevant } = selected(rows, {}, { low: 'José Nuñez', lower: 'Ada First' });
    expect(ids(entries)).toEqual(['1 low', '2 lower', '3 best']);
    expect(entries[0]?.reason).toEqual({ kind: 'author', matches: [{ name: 'José Nuñez', basis: 'id' }] });
    expect(relevant).toBe(3);
  });

  it('never cuts papers by followed authors for `top`', () => {
    const rows: Row[] = [
      ['best', 10, 10],
      ['one', 1, 1],
      ['two', 1, 1],
    ];
    const { entries } = selected(rows, { top: 1 }, { one: 'Ada First', two: 'Ada First' });
    expect(ids(entries)).toEqual(['1 one', '2 two']);
  });

  it('keeps at most `top` papers, and counts all picked ones', () => {
    const { entries, relevant } = selected(
      [
        ['1', 8, 8],
        ['2', 9, 9],
        ['3', 10, 10],
      ],
      { top: 2 },
    );
    expect(ids(entries)).toEqual(['1 3', '2 2']);
    expect(relevant).toBe(3);
  });

  it('lets votes order picked papers, and decide which are among `top`', () => {
    const rows: Row[] = [
      ['first', 9, 8],
      ['second', 8, 8],
      ['third', 8, 7],
    ];
    const { entries, relevant } = selected(rows, { top: 2 }, {}, { third: 1.5, first: -1.2 });
    expect(ids(entries)).toEqual(['1 third', '2 second']);
    expect(entries.map(({ nudge }) => nudge?.points)).toEqual([1.5, undefined]);
    expect(relevant).toBe(3);
  });

  it('never lets votes remove a paper of at least 18, unless others of at least 18 fill `top`', () => {
    const rows: Row[] = [
      ['strong', 9, 9],
      ['second', 9, 8],
      ['third', 8, 8],
      ['fourth', 8, 7],
    ];
    const away = { strong: -3, third: 3, fourth: 3 };
    expect(ids(selected(rows, { top: 2 }, {}, away).entries)).toEqual(['1 third', '2 strong']);
    expect(ids(selected(rows, { top: 1 }, {}, away).entries)).toEqual(['1 strong']);
    const others: Row[] = [...rows, ['other', 10, 8], ['another', 9, 9]];
    expect(ids(selected(others, { top: 2 }, {}, { strong: -1, another: 0.5 }).entries)).toEqual([
      '1 another',
      '2 other',
    ]);
    expect(ids(selected(rows, { top: 2 }, { fourth: 'Ada First' }, away).entries)).toEqual(['1 fourth', '2 strong']);
  });

  it('gives reasons for the three papers that votes moved most', () => {
    const rows = Array.from({ length: 6 }, (_, index): Row => [`${index}`, 9, 9]);
    const { entries } = selected(rows, {}, {}, { 0: 0.6, 1: -2, 2: 0.4, 3: 0.7, 4: 1, 5: 0.5 });
    expect(entries.filter(({ nudge }) => nudge?.words).map(({ paper }) => paper.id)).toEqual(['4', '3', '1']);
    expect(entries.every(({ nudge }) => nudge !== undefined)).toBe(true);
  });

  it('lets votes neither pick a paper nor put it above one by a followed author', () => {
    const rows: Row[] = [
      ['missed', 10, 6],
      ['liked', 8, 7],
      ['low', 1, 1],
    ];
    const { entries } = selected(rows, {}, { low: 'Ada First' }, { missed: 2, liked: 2, low: -2 });
    expect(ids(entries)).toEqual(['1 low', '2 liked']);
    expect(entries[0]?.nudge).toBeUndefined();
    const none = selected([rows[0] as Row, ['near', 10, 5]], {}, {}, { near: 2 });
    expect([none.relevant, ids(none.nearest)]).toEqual([0, ['1 missed', '2 near']]);
  });

  it('returns the three closest papers if none was picked', () => {
    const { entries, relevant, nearest } = selected([
      ['1', 2, 2],
      ['2', 7, 6],
      ['3', 8, 5],
      ['4', 9, 6],
    ]);
    expect([entries, relevant]).toEqual([[], 0]);
    expect(ids(nearest)).toEqual(['1 4', '2 3', '3 2']);
  });

  it('returns no closest papers without candidates, and leaves out papers without a score', () => {
    expect(selected([])).toEqual({ relevant: 0, entries: [], nearest: [] });
    expect(
      ids(
        selected([
          ['1', 0, 0],
          ['2', 9, 9],
        ]).entries,
      ),
    ).toEqual(['1 2']);
  });
});
