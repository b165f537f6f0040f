import { type AuthorIndex, type IndexedAuthor, type PaperLookup, sameNameAs } from '../../core/author.ts';
import { covers } from '../../core/category.ts';
import type { Channel, FollowedAuthor } from '../../core/channel.ts';
import type { AuthorCheck, AuthorMatch } from '../../core/digest.ts';
import { createMute } from '../../core/mute.ts';
import { type AnnouncedPaper, announceTypes, type Candidate, type Paper } from '../../core/paper.ts';
import type { DraftParts } from './draft.ts';

type Gated = {
  /** Papers in the announcement, including replacements. Each paper counts once. */
  announced: number;
  candidates: Candidate[];
};

const precedence = (type: Candidate['type']): number => announceTypes.indexOf(type);

/**
 * Merges the announcements of several categories by paper and keeps those that the channel wants. A paper that is new
 * in one category and cross-listed in another is new.
 * @param announced The order breaks ties in the ranking.
 * @param alreadyPicked Versions of papers in other digests of the channel. Such a paper is a candidate only if this
 * version is newer and the channel wants replacements.
 */
export const gate = (
  announced: readonly AnnouncedPaper[],
  channel: Pick<Channel, 'announceTypes' | 'primaryOnly' | 'categories'>,
  alreadyPicked: ReadonlyMap<string, number>,
): Gated => {
  const merged = new Map<string, Candidate>();
  for (const { paper, type } of announced) {
    const before = merged.get(paper.id);
    if (!before || precedence(type) < precedence(before.type)) merged.set(paper.id, { paper, type });
  }
  const wanted = new Set(channel.announceTypes);
  const candidates = [...merged.values()].filter(({ paper, type }) => {
    if (!wanted.has(type)) return false;
    if (channel.primaryOnly && !channel.categories.some((one) => covers(one, paper.categories[0]))) return false;
    const picked = alreadyPicked.get(paper.id);
    return picked === undefined || (type.startsWith('replace') && paper.version > picked);
  });
  return { announced: merged.size, candidates };
};

type Followed = {
  name: string;
  isNamed(name: string): boolean;
  authorId: string | undefined;
  /** True if the config names the id. An id found by name can confirm a match, but not refute one. */
  isGiven: boolean;
};

const identify = async (author: FollowedAuthor, index: AuthorIndex, signal?: AbortSignal): Promise<Followed> => {
  const { semanticScholarId } = author;
  const name = author.name.replaceAll(/\s+/g, ' ').trim();
  const isNamed = sameNameAs(name);
  if (semanticScholarId !== undefined) return { name, isNamed, authorId: semanticScholarId, isGiven: true };
  const candidates = (await index.candidates(name, signal)) ?? [];
  const namesakes = candidates.filter((candidate) => isNamed(candidate.name));
  return { name, isNamed, authorId: namesakes.length === 1 ? namesakes[0]?.authorId : undefined, isGiven: false };
};

const identifyAll = async (
  authors: readonly FollowedAuthor[],
  index: AuthorIndex,
  signal?: AbortSignal,
): Promise<Followed[]> => {
  const followed: Followed[] = [];
  for (const author of authors) followed.push(await identify(author, index, signal));
  return followed;
};

/**
 * Matches by id if the index has the paper and the author's id, otherwise by the name in any spelling.
 */
const matchOf = (
  paper: Pick<Paper, 'authors'>,
  known: readonly IndexedAuthor[] | undefined,
  { name, isNamed, authorId, isGiven }: Followed,
): AuthorMatch | undefined => {
  const written = paper.authors.find(isNamed);
  if (known && authorId !== undefined) {
    if (known.some((author) => author.authorId === authorId)) return { name: written ?? name, basis: 'id' };
    const namesake = known.find((author) => isNamed(author.name));
    // The index often gives authors of new papers new ids, so an id found by name refutes nothing.
    if (isGiven && written !== undefined && namesake?.authorId !== undefined)
      return { name: written, basis: 'refuted' };
  }
  return written === undefined ? undefined : { name: written, basis: 'name' };
};

const matchesOf = (
  paper: Pick<Paper, 'id' | 'authors'>,
  lookup: PaperLookup,
  followed: readonly Followed[],
): AuthorMatch[] => {
  const known = lookup.known.get(paper.id);
  return followed.flatMap((one) => matchOf(paper, known, one) ?? []);
};

const isBelow = ({ authors }: Paper, known: readonly IndexedAuthor[] | undefined, minHIndex: number): boolean =>
  known !== undefined &&
  known.length >= Math.max(1, authors.length) &&
  known.every(({ hIndex }) => hIndex !== undefined && hIndex < minHIndex);

/**
 * The candidates without the channel's muted words. Papers by followed authors stay, because the channel has asked for all
 * of them by name.
 */
export const notMuted = (
  candidates: readonly Candidate[],
  { mute }: Pick<Channel, 'mute'>,
  matches: ReadonlyMap<string, unknown> = new Map(),
): Candidate[] => {
  const mutedIn = createMute(mute);
  return candidates.filter(({ paper }) => matches.has(paper.id) || mutedIn(paper) === undefined);
};

type AuthorGate = {
  candidates: Candidate[];
  matches: ReadonlyMap<string, AuthorMatch[]>;
  check: AuthorCheck | undefined;
  notices: string[];
};

/**
 * Looks up authors if the channel follows any or has a minimum h-index. Papers by followed authors, and papers whose
 * authors cannot be looked up, are always kept.
 */
export const gateByAuthors = async (
  candidates: readonly Candidate[],
  { authors, minHIndex }: Pick<Channel, 'authors' | 'minHIndex'>,
  index: AuthorIndex,
  signal?: AbortSignal,
): Promise<AuthorGate> => {
  const none = { candidates: [...candidates], matches: new Map(), check: undefined, notices: [] };
  if (candidates.length === 0 || (authors.length === 0 && minHIndex === 0)) return none;
  const followed = await identifyAll(authors, index, signal);
  const ids = candidates.map(({ paper }) => paper.id);
  const lookup = await index.ofPapers(ids, signal);
  const matches = new Map<string, AuthorMatch[]>();
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    const { paper } = candidate;
    const found = matchesOf(paper, lookup, followed).filter(({ basis }) => basis !== 'refuted');
    if (found.length > 0) matches.set(paper.id, found);
    else if (isBelow(paper, lookup.known.get(paper.id), minHIndex)) continue;
    kept.push(candidate);
  }
  const unknown = ids.filter((id) => lookup.unknown.has(id)).length;
  const notLookedUp = ids.filter((id) => !lookup.known.has(id) && !lookup.unknown.has(id)).length;
  const notices =
    notLookedUp > 0
      ? [
          `The authors of ${notLookedUp} of ${ids.length} papers could not be looked up (${lookup.failure ?? 'no answer'}).`,
        ]
      : [];
  return {
    ...{ candidates: kept, matches, notices },
    check: { minHIndex, below: candidates.length - kept.length, unknown, notLookedUp },
  };
};

/**
 * Looks up again the papers that matched by name only, because the index may have them by now.
 * @returns Changed matches, by paper id.
 */
export const recheckMatches = async (
  papers: readonly { paper: Paper; matches: readonly AuthorMatch[] }[],
  authors: readonly FollowedAuthor[],
  index: AuthorIndex,
  signal?: AbortSignal,
): Promise<Map<string, AuthorMatch[]>> => {
  const rechecked = new Map<string, AuthorMatch[]>();
  if (papers.length === 0 || authors.length === 0) return rechecked;
  const followed = await identifyAll(authors, index, signal);
  const lookup = await index.ofPapers(
    papers.map(({ paper }) => paper.id),
    signal,
  );
  for (const { paper, matches } of papers) {
    const now = matchesOf(paper, lookup, followed);
    const changed = matches.map((before) => {
      if (before.basis !== 'name') return before;
      const isNamed = sameNameAs(before.name);
      return now.find(({ name }) => isNamed(name)) ?? before;
    });
    if (changed.some(({ basis }, at) => basis !== matches[at]?.basis)) rechecked.set(paper.id, changed);
  }
  return rechecked;
};

/** The index usually adds a paper within two weeks. */
const recheckMs = 14 * 86_400_000;

export const recheckAuthors = async (
  channel: Channel,
  { stores, authors, clock }: Pick<DraftParts, 'stores' | 'authors' | 'clock'>,
  signal: AbortSignal,
): Promise<void> => {
  if (channel.authors.length === 0) return;
  const since = new Date(clock.now().getTime() - recheckMs).toISOString();
  const recent = (await stores.digests.summaries(channel.name)).filter(({ createdAt }) => createdAt >= since);
  const digests = await Promise.all(recent.map(({ date }) => stores.digests.between(channel.name, date, date)));
  const open = digests
    .flat()
    .flatMap(({ digestId, entries }) =>
      entries.flatMap(({ paper, reason }) =>
        reason.kind === 'author' && reason.matches.some(({ basis }) => basis === 'name')
          ? [{ digestId, paper, matches: reason.matches }]
          : [],
      ),
    );
  const rechecked = await recheckMatches(open, channel.authors, authors, signal);
  for (const { digestId, paper } of open) {
    const matches = rechecked.get(paper.id);
    if (matches) await stores.digests.setReason(digestId, paper.id, { kind: 'author', matches });
  }
};
