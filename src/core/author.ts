import { fold } from './folding.ts';

export type IndexedAuthor = {
  authorId: string | undefined;
  name: string;
  hIndex: number | undefined;
};

export type AuthorCandidate = {
  authorId: string;
  name: string;
  hIndex: number | undefined;
  papers: number | undefined;
};

export type PaperLookup = {
  known: ReadonlyMap<string, readonly IndexedAuthor[]>;
  unknown: ReadonlySet<string>;
  failure: string | undefined;
};

/** An author index such as Semantic Scholar. It does not throw if the remote fails; see `PaperLookup.failure`. */
export type AuthorIndex = {
  ofPapers(paperIds: readonly string[], signal?: AbortSignal): Promise<PaperLookup>;
  /** Undefined if the index cannot be reached. @throws the signal's reason. */
  candidates(name: string, signal?: AbortSignal): Promise<readonly AuthorCandidate[] | undefined>;
};

/** Suffixes as `fold` writes them, without dots. */
const suffixes: Readonly<Record<string, string>> = {
  jr: 'jr',
  junior: 'jr',
  sr: 'sr',
  ii: 'ii',
  '2nd': 'ii',
  iii: 'iii',
  '3rd': 'iii',
  iv: 'iv',
};

const suffixOf = (word: string): string | undefined => {
  const plain = word.replaceAll('.', '');
  return Object.hasOwn(suffixes, plain) ? suffixes[plain] : undefined;
};

/** True for "Jr.", "Sr.", "III" and the like. */
export const isNameSuffix = (word: string): boolean => suffixOf(fold(word)) !== undefined;

const group = /\b(?:collaboration|team|group|consortium|project|laborator(?:y|ies)|university|institute)\b/i;

/** True for the name of a collaboration or an institution, which may contain "and" or a comma. */
export const isGroupName = (name: string): boolean => group.test(name);

/** In UTF-16 units. No name is longer. */
const maxLength = 200;

type ComparableName = { key: string; suffix: string | undefined };

const withoutSuffix = (words: readonly string[], minWords: number): { words: readonly string[]; suffix?: string } => {
  const suffix = words.length > minWords ? suffixOf(words.at(-1) ?? '') : undefined;
  return suffix === undefined ? { words } : { words: words.slice(0, -1), suffix };
};

/**
 * Reads "First Last", "Last, First" and either with a suffix. Dots, hyphens and apostrophes do not count, nor do spaces
 * between initials: arXiv's feed writes "J. -P.", its pages "J.-P.", and authors also "JP".
 */
const comparable = (name: string): ComparableName => {
  const folded = fold(name.slice(0, maxLength))
    .replace(/'\s*/g, '')
    .replace(/["*_~]/g, ' ');
  const parts = folded.split(',').map((part) => part.split(/[\s.\-·]+/).filter(Boolean));
  const named = parts.filter((words) => words.length > 0);
  const own = named.filter((words) => words.length > 1 || suffixOf(words[0] ?? '') === undefined);
  const apart = named.find((words) => !own.includes(words))?.[0];
  const [last = [], first] = own.length === 2 ? own : [own.flat()];
  // In "Moe Jr., Ada", the suffix follows the family name.
  const family = withoutSuffix(last, first ? 1 : 2);
  const words = [...(first ?? []), ...family.words].join(' ');
  const key = words.replace(/(?<=(?:^| )\p{L}(?: \p{L})*) (?=\p{L}(?: |$))/gu, '');
  return { key, suffix: apart === undefined ? family.suffix : suffixOf(apart) };
};

/** A key that is the same for every spelling of a name. A suffix makes it another name. */
export const nameKey = (name: string): string => {
  const { key, suffix } = comparable(name);
  return suffix === undefined ? key : `${key}, ${suffix}`;
};

/**
 * Returns a test of whether another spelling may be the same person's name. A suffix counts only if both names have
 * one, because many sources leave it out.
 */
export const sameNameAs = (name: string): ((other: string) => boolean) => {
  const own = comparable(name);
  return (other) => {
    const { key, suffix } = comparable(other);
    return key !== '' && key === own.key && (suffix === own.suffix || suffix === undefined || own.suffix === undefined);
  };
};
