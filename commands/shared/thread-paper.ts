import type { CommandContext } from '../../src/core/command.ts';
import { fold } from '../../src/core/folding.ts';
import type { Paper } from '../../src/core/paper.ts';
import { contentWords } from './content-words.ts';

/** A paper of a digest with its number in it, from 1. */
export type NumberedPaper = { number: number; paper: Paper };

/** The paper that a question is about, or those that it may be about, best first; empty if no paper has its words. */
export type Meant = { id: string } | { candidates: readonly NumberedPaper[] };

const maxCandidates = 3;

type Asked = Pick<CommandContext, 'stores' | 'person' | 'destination' | 'thread' | 'isMention' | 'about' | 'clock'>;

const tokensOf = (text: string): string[] => fold(text).split(/[^\p{L}\p{N}]+/u);

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

type Ranked = NumberedPaper & { inTitle: number; inAbstract: number };

const ranked = async (ids: readonly string[], text: string, { stores }: Asked): Promise<Ranked[]> => {
  const words = contentWords(text).flatMap(tokensOf).filter(Boolean);
  const papers = await Promise.all(ids.map((id) => stores.announcements.paper(id)));
  return papers
    .flatMap((paper, index): Ranked[] => {
      if (!paper) return [];
      const { title, abstract } = paper;
      return [{ number: index + 1, paper, inTitle: countIn(title, words), inAbstract: countIn(abstract, words) }];
    })
    .filter(({ inTitle, inAbstract }) => inTitle + inAbstract > 0)
    .toSorted((a, b) => 2 * (b.inTitle - a.inTitle) + b.inAbstract - a.inAbstract);
};

const continues = /^(?:and|but|also|so|then|what about|how about)\b|\b(?:it|its|they|their|them)\b/i;

/** Questions for several papers, such as "any papers on pruning?". */
const seeksPapers = /\b(?:papers|anything|preprints|articles)\b/i;

/**
 * Finds out which paper a question is about: the one that it replies to, one whose title it names, the one that the person
 * asked about last in the same thread, or one of the thread's digest. Undefined for a question about no paper.
 */
export const paperMeant = async (text: string, asked: Asked): Promise<Meant | undefined> => {
  const { stores, person, destination, thread, isMention, about, clock } = asked;
  if (about !== undefined) return { id: about };
  if (seeksPapers.test(text)) return undefined;
  const where = { person, destination, thread: thread?.messageId ?? '' };
  const last = await stores.conversations.lastAsked(where, clock.now().toISOString());
  // Outside threads, most questions are new ones.
  const isContinued = last !== undefined && (thread ? continues : /^(?:and|but)\b/i).test(text);
  if (isContinued) return { id: last.paperId };
  // On a page, people may well search for something else.
  if (!isMention) return undefined;
  const ids = thread ? await stores.outbox.papersWith(thread) : [];
  if (ids.length === 0) return thread && last ? { id: last.paperId } : undefined;
  const found = await ranked(ids, text, asked);
  const [best, second] = found;
  if (best && best.inTitle > (second?.inTitle ?? 0)) return { id: best.paper.id };
  if (last) return { id: last.paperId };
  const [only] = ids;
  return ids.length === 1 && only !== undefined ? { id: only } : { candidates: found.slice(0, maxCandidates) };
};
