import { describe, expect, it } from 'vitest';
import type { AuthorCandidate, AuthorIndex, IndexedAuthor } from '../../../src/core/author.ts';
import type { FollowedAuthor } from '../../../src/core/channel.ts';
import type { Candidate } from '../../../src/core/paper.ts';
import { gateByAuthors, recheckMatches } from '../../../src/daily/draft/gate.ts';
import { paperOf } from '../../fakes/fixtures.ts';

const indexed = (name: string, authorId?: string, hIndex?: number): IndexedAuthor => ({ name, authorId, hIndex });

/** An index that knows the given papers, does not know those in `unknown`, and could not look up the rest. */
const indexOf = (
  known: Record<string, IndexedAuthor[]>,
  more: { unknown?: string[]; candidates?: Record<string, AuthorCandidate[]> } = {},
): AuthorIndex & { searched: string[] } => {
  const searched: string[] = [];
  return {
    searched,
    ofPapers: async () => ({
      known: new Map(Object.entries(known)),
      unknown: new Set(more.unknown),
      failure: 'the index was asleep',
    }),
    candidates: async (name) => {
      searched.push(name);
      return more.candidates?.[name];
    },
  };
};

const person = (authorId: string, name: string): AuthorCandidate => ({ authorId, name, hIndex: 1, papers: 2 });

const candidate = (id: string, ...authors: string[]): Candidate => ({ paper: paperOf(id, { authors }), type: 'new' });

const gated = async (
  candidates: Candidate[],
  index: AuthorIndex,
  channel: { authors?: FollowedAuthor[]; minHIndex?: number },
) => {
  const { authors = [], minHIndex = 0 } = channel;
  const { candidates: kept, ...rest } = await gateByAuthors(candidates, { authors, minHIndex }, index);
  return { kept: kept.map(({ paper }) => paper.id), ...rest };
};

describe('a followed author', () => {
  const ada = { name: 'Ada First', semanticScholarId: '7' };
  const matches = async (paper: Candidate, index: AuthorIndex, author: FollowedAuthor = ada) =>
    (await gated([paper], index, { authors: [author] })).matches.get(paper.paper.id);

  it('is found by id, however the paper spells the name', async () => {
    const index = indexOf({ '1': [indexed('A. First', '7')] });
    expect(await matches(candidate('1', 'A. First'), index)).toEqual([{ name: 'Ada First', basis: 'id' }]);
    expect(await matches(candidate('1', 'ADA  First'), index)).toEqual([{ name: 'ADA  First', basis: 'id' }]);
  });

  it('is matched by the exact name if the index lacks the paper or was not used', async () => {
    const name = [{ name: 'Ada First', basis: 'name' }];
    expect(await matches(candidate('1', 'Ben', 'Ada First'), indexOf({}, { unknown: ['1'] }))).toEqual(name);
    expect(await matches(candidate('1', 'Ada First'), indexOf({}))).toEqual(name);
  });

  it('is not matched if the index has another author of that name', async () => {
    expect(await matches(candidate('1', 'Ada First'), indexOf({ '1': [indexed('Ada First', '8')] }))).toBeUndefined();
  });

  it('stays a match by name if the index has the name without an id', async () => {
    const index = indexOf({ '1': [indexed('Ada First')] });
    expect(await matches(candidate('1', 'Ada First'), index)).toEqual([{ name: 'Ada First', basis: 'name' }]);
  });

  it.each([
    ['Jose Nunez', 'José Nuñez'],
    ['JOSÉ NUÑEZ', 'Jose\u0301 Nun\u0303ez'],
    [' jose  nunez ', 'Jose\u00a0Nunez'],
  ])('has one name as "%s" and "%s"', async (name, author) => {
    expect(await matches(candidate('1', author), indexOf({}), { name })).toEqual([{ name: author, basis: 'name' }]);
  });

  it.each(['J. Nunez', 'Jose', 'Jose Nunez Smith', 'Josef Nunez'])('Jose Nunez is not "%s"', async (author) => {
    expect(await matches(candidate('1', author), indexOf({}), { name: 'Jose Nunez' })).toBeUndefined();
  });

  it('gets the id of the only author of its name, searched only if the config has none', async () => {
    const known = { '1': [indexed('A. First', '7')] };
    const one = indexOf(known, {
      candidates: { 'Ada First': [person('7', 'ada first'), person('9', 'Ada F. First')] },
    });
    expect(await matches(candidate('1', 'A. First'), one, { name: 'Ada First' })).toEqual([
      { name: 'Ada First', basis: 'id' },
    ]);
    expect(one.searched).toEqual(['Ada First']);
    const two = indexOf(known, { candidates: { 'Ada First': [person('7', 'Ada First'), person('8', 'Ada First')] } });
    expect(await matches(candidate('1', 'A. First'), two, { name: 'Ada First' })).toBeUndefined();
    const withId = indexOf(known);
    await matches(candidate('1', 'A. First'), withId);
    expect(withId.searched).toEqual([]);
  });

  it('is not refuted by another id if its own was found by name', async () => {
    const index = indexOf(
      { '1': [indexed('Ada First', '8')] },
      { candidates: { 'Ada First': [person('7', 'Ada First')] } },
    );
    expect(await matches(candidate('1', 'Ada First'), index, { name: ' Ada   First' })).toEqual([
      { name: 'Ada First', basis: 'name' },
    ]);
  });

  it('is named with the other followed authors of a paper', async () => {
    const index = indexOf({ '1': [indexed('Ada First', '7'), indexed('Ben Second', '8')] });
    const authors = [ada, { name: 'Ben Second', semanticScholarId: '8' }];
    const { matches: found } = await gated([candidate('1', 'Ada First', 'Ben Second')], index, { authors });
    expect(found.get('1')?.map(({ name }) => name)).toEqual(['Ada First', 'Ben Second']);
  });
});

describe('the minimum h-index', () => {
  const two = (first?: number, second?: number) => [
    indexed('Ada First', '7', first),
    indexed('Ben Second', '8', second),
  ];
  const kept = async (authors: IndexedAuthor[], more: { authors?: FollowedAuthor[] } = {}) =>
    (await gated([candidate('1', 'Ada First', 'Ben Second')], indexOf({ '1': authors }), { minHIndex: 20, ...more }))
      .kept;

  it('screens out a paper if every author is known and below it', async () => {
    expect(await kept(two(19, 3))).toEqual([]);
  });

  it('keeps a paper if one author reaches it, or is unknown, or is missing from the index', async () => {
    expect(await kept(two(20, 3))).toEqual(['1']);
    expect(await kept(two(undefined, 3))).toEqual(['1']);
    expect(await kept([indexed('Ada First', '7', 3)])).toEqual(['1']);
    expect(await kept([])).toEqual(['1']);
  });

  it('does not apply to followed authors', async () => {
    expect(await kept(two(1, 3), { authors: [{ name: 'Ada First', semanticScholarId: '7' }] })).toEqual(['1']);
    expect(await kept(two(1, 3), { authors: [{ name: 'Ada First', semanticScholarId: '70' }] })).toEqual([]);
  });

  it('keeps and counts papers that could not be looked up', async () => {
    const papers = ['1', '2', '3', '4'].map((id) => candidate(id, 'Ada First'));
    const index = indexOf({ '1': [indexed('Ada First', '7', 1)] }, { unknown: ['2'] });
    const result = await gated(papers, index, { minHIndex: 20 });
    expect(result.kept).toEqual(['2', '3', '4']);
    expect(result.check).toEqual({ minHIndex: 20, below: 1, unknown: 1, notLookedUp: 2 });
    expect(result.notices).toEqual(['The authors of 2 of 4 papers could not be looked up (the index was asleep).']);
  });

  it('looks up nothing without a minimum and followed authors', async () => {
    const index: AuthorIndex = { ofPapers: () => Promise.reject(new Error('looked up')), candidates: async () => [] };
    const result = await gated([candidate('1', 'Ada First')], index, {});
    expect(result).toEqual({ kept: ['1'], matches: new Map(), check: undefined, notices: [] });
  });
});

describe('a match by name alone', () => {
  const authors = [{ name: 'Ada First', semanticScholarId: '7' }];
  const paper = paperOf('1', { authors: ['Ada First', 'Ben Second'] });
  const settle = async (index: AuthorIndex) =>
    (await recheckMatches([{ paper, matches: [{ name: 'Ada First', basis: 'name' }] }], authors, index)).get('1');

  it('is later confirmed, refuted or left open by the index', async () => {
    expect(await settle(indexOf({ '1': [indexed('Ada First', '7')] }))).toEqual([{ name: 'Ada First', basis: 'id' }]);
    expect(await settle(indexOf({ '1': [indexed('Ada First', '8')] }))).toEqual([
      { name: 'Ada First', basis: 'refuted' },
    ]);
    expect(await settle(indexOf({}, { unknown: ['1'] }))).toBeUndefined();
  });
});
