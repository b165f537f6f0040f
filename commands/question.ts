import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { blocksOf, button, buttonRow, heading, type Message, message, note, paragraph } from '../src/core/message.ts';
import { countOf, linkedTitle, shorten, wordList } from '../src/core/paper.ts';
import type { SearchStore } from '../src/core/stores.ts';
import { askAbout } from './ask.ts';
import { shortHelp } from './hello.ts';
import { searchAnswer } from './search.ts';
import { contentWords } from './shared/content-words.ts';
import { type NumberedPaper, paperMeant, seeksPapers } from './shared/thread-paper.ts';

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
  let kept = counted.filter(({ found }) => found > 0).toSorted((a, b) => a.found - b.found);
  const inOrder = (): string[] => words.filter((word) => kept.some((one) => one.word === word));
  while (kept.length > 1 && (await countWith(inOrder(), store)) === 0) kept = kept.slice(0, -1);
  return inOrder();
};

const searched = async (text: string, context: CommandContext): Promise<Message> => {
  const words = contentWords(text);
  if (words.length === 0) return shortHelp('I did not understand that.');
  const found = await foundWords(words, context.stores.search);
  if (found.length === 0) return shortHelp(`Nothing found for ${shorten(words.join(' '), 100)}.`);
  const answer = await searchAnswer(context, { words: found.join(' ') }, seeksPapers.test(text));
  if (found.length === words.length) return answer;
  const left = wordList(words.filter((word) => !found.includes(word)));
  return {
    ...answer,
    blocks: blocksOf(answer.blocks, note(`No paper has all of the words, so ${left} was left out.`)),
  };
};

/** In UTF-16 units. */
const maxRepeated = 100;
const maxMatching = 8;

/** Numbers after this message are those of the digest. */
const numbersOf = (ids: readonly string[]) => ({ papers: { first: 1, ids } });

const lineOf = ({ number, paper }: NumberedPaper) => paragraph({ text: `${number}. `, bold: true }, linkedTitle(paper));

const whichPaper = (text: string, candidates: readonly NumberedPaper[], ids: readonly string[]): Message => {
  const asks = ({ number, paper }: NumberedPaper) =>
    // A long question does not fit a button, so the button opens a form.
    button(`Ask ${number}`, ['ask', paper.id, text]) ?? button(`Ask ${number}`, ['ask', paper.id]);
  const example = `ask ${candidates[0]?.number ?? 3} ${shorten(text, maxRepeated)}`;
  const parts = [
    paragraph(`Which paper do you mean? Reply with its number, such as “${example}”.`),
    candidates.map(lineOf),
    buttonRow(candidates.map(asks), button('Search', ['search', ...contentWords(text)])),
  ];
  return message('Which paper do you mean?', parts, numbersOf(ids));
};

/** Answers "which of these is about pruning?" with papers of the digest. */
const matchingPapers = (text: string, matching: readonly NumberedPaper[], ids: readonly string[]): Message => {
  const words = contentWords(text);
  const searched = shorten(words.join(' '), maxRepeated);
  const title = `${matching.length === 0 ? 'None' : matching.length} of the ${countOf(ids.length, 'paper')} in this digest: ${searched}`;
  const shown = matching.slice(0, maxMatching);
  const parts = [
    heading(title),
    shown.map(lineOf),
    note(matching.length > shown.length && `The best ${shown.length} are shown.`),
    buttonRow(button('Search all papers', ['search', ...words])),
  ];
  return message(title, parts, numbersOf(ids));
};

export const question = defineCommand({
  name: 'question',
  summary: 'Answer a question: about the paper that it is asked about, or with a search',
  examples: ['question What is new in pruning?'],
  isHidden: true,
  options: { text: { type: 'text', description: 'the question', required: true } },

  async run(context, { text }) {
    const meant = await paperMeant(text, context);
    if (!meant) return searched(text, context);
    if ('id' in meant) return askAbout(context, meant.id, text);
    return 'matching' in meant
      ? matchingPapers(text, meant.matching, meant.ids)
      : whichPaper(text, meant.candidates, meant.ids);
  },
});
