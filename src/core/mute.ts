import { UserError } from './errors.ts';
import { fold, plainSigns, unquoted } from './folding.ts';
import { grouped, type Paper, shorten } from './paper.ts';

// Words and phrases that keep a paper out of a digest: whole words of its title and abstract, whatever their case and accents.

const maxMuted = 100;
const maxLength = 100;

/** The words of a text; signs are part of words such as C++ and C#. */
const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+[+#]*/gu) ?? [];

/** With a space before and after each word, so that a phrase is found in whole words only. */
const spaced = (text: string): string => ` ${wordsOf(text).join(' ')} `;

export const isSameMuted = (one: string, other: string): boolean => spaced(one) === spaced(other);

/** What is wrong with a word or phrase; undefined if nothing is. */
const mutedFault = (text: string): string | undefined => {
  if (wordsOf(text).length === 0) return `"${shorten(text, 60)}" has no word`;
  return text.length > maxLength ? `"${shorten(text, 60)}" is longer than ${maxLength} characters` : undefined;
};

/** What is wrong with all that a channel or person mutes; undefined if nothing is. */
export const muteFault = (muted: readonly string[]): string | undefined => {
  if (muted.length > maxMuted)
    return `${grouped(muted.length)} words and phrases are too many; ${maxMuted} is the most`;
  const double = muted.find((one, at) => muted.findIndex((other) => isSameMuted(one, other)) < at);
  return double === undefined ? muted.map(mutedFault).find(Boolean) : `"${double}" is there twice`;
};

/** Quoted phrases, and between them words, or phrases with commas between. */
const quotedOrNot = /"([^"]*)"?|[^",;，、]+/g;

/**
 * The words and phrases that a person typed, such as `blockchain, "federated learning"`. Words without quotes or commas
 * may be a phrase or not: `isUnclear`.
 */
export const readMuted = (typed: string): { muted: string[]; isUnclear: boolean } => {
  const plain = plainSigns(typed);
  const hasCommas = /[,;，、]/.test(plain.replace(/"[^"]*"?/g, ''));
  const parts = [...plain.matchAll(quotedOrNot)].map(([part, quoted]) => {
    return { text: unquoted(quoted ?? part).replace(/\s+/g, ' '), isQuoted: quoted !== undefined };
  });
  const named = parts.filter(({ text }) => text !== '');
  const isUnclear = !hasCommas && named.some(({ text, isQuoted }) => !isQuoted && text.includes(' '));
  const muted: string[] = [];
  for (const { text } of named) if (!muted.some((one) => isSameMuted(one, text))) muted.push(text);
  if (muted.length === 0) throw new UserError('No word to mute is given. Type, for example, /arxiv mute blockchain.');
  return { muted, isUnclear };
};

/** Finds the first of the words and phrases that a paper has; undefined if it has none. */
export const createMute = (
  muted: readonly string[],
): ((paper: Pick<Paper, 'title' | 'abstract'>) => string | undefined) => {
  const phrases = muted.map((text) => ({ text, within: spaced(text) }));
  if (phrases.length === 0) return () => undefined;
  return ({ title, abstract }) => {
    const texts = [spaced(title), spaced(abstract)];
    return phrases.find(({ within }) => texts.some((text) => text.includes(within)))?.text;
  };
};

/** "blockchain", "federated learning" */
export const mutedText = (muted: readonly string[]): string => muted.map((text) => `"${text}"`).join(', ');
