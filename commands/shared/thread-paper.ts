import type { CommandContext } from '../../src/core/command.ts';
import type { Paper } from '../../src/core/paper.ts';
import { contentWords } from './content-words.ts';
import { namedByTitle, tokensOf } from './title-match.ts';

/** A paper of a digest with its number in it, from 1. */
export type NumberedPaper = { number: number; paper: Paper };

/**
 * The paper that a question is about; or the papers of a digest that it may be about, best first, and the ids of them all;
 * or the papers of a digest that have the words of a question such as "which of these is about pruning?".
 */
export type Meant =
  | { id: string }
  | { candidates: readonly NumberedPaper[]; ids: readonly string[] }
  | { matching: readonly NumberedPaper[]; ids: readonly string[] };

const maxCandidates = 3;

type Asked = Pick<
  CommandContext,
  'stores' | 'services' | 'person' | 'destination' | 'thread' | 'isMention' | 'about' | 'clock'
>;

const minStemLength = 5;

/** Number of words that a text has, also with another ending. */
const countIn = (text: string, words: readonly string[]): number => {
  const tokens = tokensOf(text);
  const has = (word: string): boolean => {
    const stem = word.length > minStemLength ? word.slice(0, -1) : word;
    return tokens.some((token) => token === word || (stem !== word && token.startsWith(stem)));
  };
  return words.filter(has).length;
};

type Ranked = NumberedPaper & { inTitle: number; inAbstract: number; hasAll: boolean };

const ranked = (papers: readonly NumberedPaper[], text: string): Ranked[] => {
  const words = contentWords(text).flatMap(tokensOf);
  return papers
    .map(({ number, paper }) => {
      const { title, abstract } = paper;
      const hasAll = countIn(`${title} ${abstract}`, words) === words.length;
      return { number, paper, inTitle: countIn(title, words), inAbstract: countIn(abstract, words), hasAll };
    })
    .filter(({ inTitle, inAbstract }) => inTitle + inAbstract > 0)
    .toSorted((a, b) => 2 * (b.inTitle - a.inTitle) + b.inAbstract - a.inAbstract);
};

const continues = /^(?:and|but|also|so|then|what about|how about)\b|\b(?:it|its|they|their|them)\b/i;

/** Questions for several papers, such as "any papers on pruning?" and "what is new in pruning?". */
export const seeksPapers =
  /\b(?:papers|anything|preprints|articles)\b|^(?:what(?:['’]s| is| are)? new|who (?:works|is working))\b/i;

/** Questions for some papers of a digest, such as "which of these is about pruning?". */
const seeksInDigest =
  /\b(?:which|what|any|some|one|none|all|most|how many) of (?:these|those|them|the)\b|\bwhich ones?\b|\bany of (?:these|those|them)\b/i;

const papersIn = async (ids: readonly string[], { stores }: Asked): Promise<NumberedPaper[]> => {
  const papers = await Promise.all(ids.map((id) => stores.announcements.paper(id)));
  return papers.flatMap((paper, index) => (paper ? [{ number: index + 1, paper }] : []));
};

/**
 * Finds out which paper a question is about: the one that it replies to, one whose title it names, the one that the person
 * asked about last in the same thread, or the only one of the thread's digest. Undefined for a question about no paper.
 */
export const paperMeant = async (text: string, asked: Asked): Promise<Meant | undefined> => {
  const { stores, services, person, destination, thread, isMention, about, clock } = asked;
  if (about !== undefined) return { id: about };
  const ids = thread ? await stores.outbox.papersWith(thread) : [];
  if (ids.length > 0 && seeksInDigest.test(text) && contentWords(text).length > 0) {
    const found = ranked(await papersIn(ids, asked), text);
    const withAll = found.filter(({ hasAll }) => hasAll);
    return { matching: withAll.length > 0 ? withAll : found, ids };
  }
  if (seeksPapers.test(text)) return undefined;
  const where = { person, destination, thread: thread?.messageId ?? '' };
  const last = await stores.conversations.lastAsked(where, clock.now().toISOString());
  // Outside threads, most questions are new ones.
  const isContinued = last !== undefined && (thread ? continues : /^(?:and|but)\b/i).test(text);
  if (isContinued) return { id: last.paperId };
  // On a page, people may well search for something else.
  if (!isMention) return undefined;
  const [only] = ids;
  if (only === undefined) return thread && last ? { id: last.paperId } : undefined;
  const papers = await papersIn(ids, asked);
  const named = namedByTitle(
    text,
    papers.map(({ paper }) => paper),
    services.namesSubject,
  );
  const [one] = named;
  if (one && named.length === 1) return { id: one.id };
  if (last) return { id: last.paperId };
  return ids.length === 1 ? { id: only } : { candidates: ranked(papers, text).slice(0, maxCandidates), ids };
};
