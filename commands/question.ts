import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { bareWord } from '../src/core/folding.ts';
import { blocksOf, type Message, note } from '../src/core/message.ts';
import { shorten, wordList } from '../src/core/paper.ts';
import type { SearchStore } from '../src/core/stores.ts';
import { shortHelp } from './hello.ts';
import { searchAnswer } from './search.ts';

/** Words of a question that say nothing about its subject. */
const chatter = new Set(
  `a about after all also am an and any anybody anyone anything are article articles as ask asking at be been before best
  but by can could did do does doing done explain find for from get give good got had has have help here hey how i if
  important in interesting into is it know latest let like list look looking many may me mean means more most much my new
  newest news of on one or our out over paper papers people please preprint preprints publication publications published
  read recent recently research results say search see seen should show so some somebody someone something tell than that
  the their them there these they thing things this those to today top us use used uses using want was way we were what
  what's whats when where which who whom whose why will with work works would written you your`.split(/\s+/),
);

/** More words than this are seldom in one paper. */
const maxWords = 6;

/** The words to search for: phrases in quotes, and words that say something about the subject. */
const contentWords = (text: string): string[] => {
  const parts = text.replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"').match(/"[^"]+"|[^\s"]+/g) ?? [];
  const words = parts
    .map((part) => (part.startsWith('"') ? part : bareWord(part)))
    .filter((part) => /[\p{L}\p{N}]/u.test(part) && !chatter.has(part.toLowerCase()));
  return [...new Set(words)].slice(0, maxWords);
};

type Search = Pick<SearchStore, 'search'>;

/** Number of papers with all of the words. */
const countWith = async (words: readonly string[], { search }: Search): Promise<number> =>
  (await search({ words: words.join(' '), limit: 1 })).found;

/**
 * As many of the words as one paper has: without those that no paper has, and then without the most common ones. Empty
 * if no paper has any of them.
 */
const foundWords = async (words: readonly string[], store: Search): Promise<string[]> => {
  if (words.length === 0 || (await countWith(words, store)) > 0) return [...words];
  const counted = await Promise.all(words.map(async (word) => ({ word, found: await countWith([word], store) })));
  const rarest = counted.filter(({ found }) => found > 0).toSorted((a, b) => a.found - b.found);
  let kept = rarest;
  const inOrder = (): string[] => words.filter((word) => kept.some((one) => one.word === word));
  while (kept.length > 1 && (await countWith(inOrder(), store)) === 0) kept = kept.slice(0, -1);
  return inOrder();
};

const answered = async (text: string, context: CommandContext): Promise<Message> => {
  const words = contentWords(text);
  const found = await foundWords(words, context.stores.search);
  const asked = shorten(words.join(' '), 100);
  if (words.length === 0) return shortHelp('I did not understand that.');
  if (found.length === 0) return shortHelp(`Nothing found for ${asked}.`);
  const answer = await searchAnswer(context, { words: found.join(' ') });
  if (found.length === words.length) return answer;
  const left = wordList(words.filter((word) => !found.includes(word)));
  return {
    ...answer,
    blocks: blocksOf(answer.blocks, note(`No paper has all of the words, so ${left} was left out.`)),
  };
};

export const question = defineCommand({
  name: 'question',
  summary: 'Search for the words of a question',
  examples: ['question What is new in pruning?'],
  isHidden: true,
  options: { text: { type: 'text', description: 'the question', required: true } },

  async run(context, { text }) {
    return answered(text, context);
  },
});
