import { bareWord } from '../../src/core/folding.ts';

/** Words of a question that say nothing about its subject. */
const chatter = new Set(
  `a about after all also am an and any anybody anyone anything are article articles as ask asking at be been before best
  but by can could did do does doing done explain find for from get give good got had has have help here hey how i if
  important in interesting into is it its know latest let like list look looking many may me mean means more most much my
  new newest news of on one or our out over paper papers people please preprint preprints publication publications
  published read recent recently research results say search see seen should show so some somebody someone something tell
  than that the their them then there these they thing things this those to today top us use used uses using want was way
  we were what what's whats when where which who whom whose why will with work works would written you your`.split(
    /\s+/,
  ),
);

/** False for "what", "paper" and other words that say nothing about a subject. @param word In lower case. */
export const isContentWord = (word: string): boolean => /[\p{L}\p{N}]/u.test(word) && !chatter.has(word);

/** More words than this are seldom in one paper. */
const maxWords = 6;

/** The words to search for: phrases in quotes, and words that say something about the subject. */
export const contentWords = (text: string): string[] => {
  const parts = text.replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"').match(/"[^"]+"|[^\s"]+/g) ?? [];
  const words = parts
    .map((part) => (part.startsWith('"') ? part : bareWord(part)))
    .filter((part) => isContentWord(part.toLowerCase()));
  return [...new Set(words)].slice(0, maxWords);
};
