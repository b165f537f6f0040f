import { foreignLabelStance } from './foreign-labels.ts';
import {
  contexts,
  corrected,
  firstPerson,
  idiomAt,
  isKnown,
  labelRejections,
  likings,
  negations,
  rejections,
  weakRejections,
  wordsOf,
} from './stance-words.ts';

// Decides whether a label, a heading or a sentence of a topics file is about wanted or unwanted subjects. Wordings
// vary, so a phrase is read word by word: an odd number of negations makes it unwanted.

export type Stance = 'wanted' | 'unwanted';

type Reading = { stance: Stance | undefined; isFirm: boolean };

/** @returns `isFirm` is false if only words reject that often name a subject: "negative", "block". */
const readWords = (words: readonly string[]): Reading => {
  const count = (of: ReadonlySet<string>): number => words.filter((word) => of.has(word)).length;
  const hasContext = count(likings) + count(contexts) > 0;
  const firm = count(negations) + count(rejections) + (hasContext ? count(weakRejections) : 0);
  const rejecting = firm + count(labelRejections);
  if (rejecting % 2 === 1) return { stance: 'unwanted', isFirm: firm > 0 };
  return { stance: count(likings) > 0 ? 'wanted' : undefined, isFirm: true };
};

/** Labels in other languages, and signs. */
const otherLabels: readonly (readonly [Stance, RegExp])[] = [
  [
    'unwanted',
    /^(?:👎|❌|🚫|⛔|✗|✘|不相关|不相關|不要|不感兴趣|排除|対象外|less of|nicht relevant|unerwünscht|kein interesse|pas pertinent|no relevante)$/iu,
  ],
  ['wanted', /^(?:👍|✅|✔️?|⭐|相关|相關|関連|感兴趣|pertinent|relevante)$/iu],
];

const maxLabelWords = 14;

/** True for headings such as "Topics" and "Our papers", which name no subject. */
export const namesNoSubject = (text: string): boolean => {
  const words = wordsOf(text);
  return words.every(isKnown) && (words.length === 0 || words.some((word) => word.length > 2));
};

/**
 * The stance of a label or heading as a whole: "Not for us", "What we want to see". Undefined if it names a subject.
 */
export const labelStance = (text: string): Stance | undefined => {
  const plain = text
    .replace(/^\s*\d{1,3}[.)]\s*/, '')
    .replace(/[\s:：.!,–—-]+$/u, '')
    .trim();
  for (const [stance, pattern] of otherLabels) if (pattern.test(plain)) return stance;
  const words = wordsOf(plain).map(corrected);
  if (words.length === 0 || words.length > maxLabelWords || !words.every(isKnown)) return foreignLabelStance(plain);
  return readWords(words).stance;
};

/** True for a heading such as "Hype that our group is fed up with", although it names something. */
export const isOurRejection = (heading: string): boolean => {
  const words = wordsOf(heading.replace(/[(（].*$/u, ''));
  const known = words.filter(isKnown);
  // "Models that we cannot interpret" does not reject.
  const isFirm = known.some((word) => rejections.has(word) || likings.has(word));
  const hasSubject = !isKnown(words.at(-1) ?? '');
  return isFirm && !hasSubject && firstPerson.test(words.join(' ')) && readWords(known).stance === 'unwanted';
};

/** The stance of a sentence above a list, by its known words. */
export const introStance = (text: string): Stance | undefined => {
  const words = wordsOf(text).filter(isKnown);
  const isToned = words.filter((word) => weakRejections.has(word)).length % 2 === 1;
  return readWords(words).stance ?? (isToned ? 'unwanted' : undefined);
};

const wordAt = /[\p{L}\p{N}][\p{L}\p{N}’‘'`´-]*/gu;

/** More are no phrase. The limit keeps a hostile text from taking long. */
const maxPrefixWords = 40;

/** The known words at the start of a text, and the index of their end. */
const prefixOf = (text: string, stops: RegExp): { words: string[]; end: number } => {
  const words: string[] = [];
  let end = 0;
  for (const match of text.matchAll(wordAt)) {
    if (match.index < end) continue;
    const idiom = idiomAt(text, match.index);
    const read = idiom ? [idiom.word] : wordsOf(match[0]);
    const isOver = words.length >= maxPrefixWords || stops.test(text.slice(end, match.index));
    if (isOver || !read.every(isKnown)) break;
    words.push(...read);
    end = match.index + (idiom?.length ?? match[0].length);
  }
  return { words, end };
};

/** Subjects whose first words look like a rejection. */
const subjects = /^(?:no free lunch|no[- ]reference|skip connections?|not (?:only|just|merely)|nothing but)\b/i;
const fewerPapers =
  /^(?:fewer|less|not (?:so|too) many|not (?:so|too) much)\s+(.*\b(?:papers?|works?|articles?|stuff)\b.*)$/i;
const copula =
  /\s*,?\s+(?:is|are|be|was|were|do|does|should|can|may|will|would|isn['’]?t|aren['’]?t|don['’]?t|doesn['’]?t|bores?|interests?|excites?|appeals?|matters?)\b/giu;
const aside =
  /(?:(?:,\s*(?:but\s+|and\s+)?|\s+but\s+|\s+and\s+|[(（]\s*(?:but\s+)?)(?:not|no|never|nothing (?:on|about))\s*(?::\s*|\s)|(?:,|[(（])?\s*\b(?:excluding|except(?:\s+for)?|apart from|other than|minus(?=:)|(?<=,\s*)minus)(?:\s*:)?\s+)(?!(?:only|just|merely|necessarily|longer|less|more|matter|be|to|as|yet)\b)([^,;.()（）]+)[)）]?/giu;
const contrast = /\s+(?:rather than|instead of|and not|(?<=\bprefer\b.*)over)\s+([^,;.()]+)/giu;

const splitSentences = (text: string): string[] =>
  text
    .split(/\n|(?<=[!?;。！？；])\s*|(?<=(?<!\b(?:e\.g|i\.e|etc|vs|cf|al))\.)\s+/u)
    .map((each) => each.trim())
    .filter((each) => each !== '');

type Parts = { wanted: string[]; unwanted: string[] };

/** A sentence whose end rejects its subject: "Purely applied papers are not relevant." */
const rejectedSubject = (sentence: string): string | undefined => {
  for (const match of sentence.matchAll(copula)) {
    const after = sentence.slice(match.index).replace(/^\s*,?\s*/, '');
    const { words, end } = prefixOf(after, /[,.;:!?()–—]/);
    const rest = after.slice(end).trim();
    const isAboutUs =
      words.some((word) => likings.has(word) || rejections.has(word)) || /\bfor (?:us|me)\b/.test(after);
    if (match.index > 0 && isAboutUs && /^(?:$|[.!,;)–—])/u.test(rest) && readWords(words).stance === 'unwanted')
      return sentence.slice(0, match.index);
  }
  return undefined;
};

const permission = /\b(?:is|are|be)\s+(?:also\s+|always\s+|still\s+)?(?:okay|ok|fine|acceptable|welcome)\b(?!-)/i;

/** "Another benchmark, and anything about games", "surveys and not games" → both. */
const rejectedTexts = (text: string): string[] =>
  text.split(
    /,?\s+(?:(?:and|or|nor)\s+(?=(?:anything|everything|any|all|another|yet another)\s)|(?:and|or|but)\s+(?:not|no)\s+|nor\s+)/i,
  );

const partSentence = (sentence: string, by: Stance): Parts => {
  const fewer = fewerPapers.exec(sentence);
  if (fewer?.[1]) return { wanted: [], unwanted: [fewer[1]] };
  const { words, end } = prefixOf(sentence, /[.;:!?()]/);
  const { stance, isFirm } = readWords(words);
  const rest = sentence.slice(end).replace(/^[\s,:：–—-]+/u, '');
  const isOurs = firstPerson.test(words.join(' '));
  const isToned = words.some((word) => weakRejections.has(word)) && words.some((word) => contexts.has(word));
  const hasVerdict = isOurs || isToned || words.some((word) => negations.has(word) || rejections.has(word));
  if (by === 'unwanted') {
    // "We do want surveys" below "Not for us".
    const isAllowed = permission.test(sentence) && rejectedSubject(sentence) === undefined && stance !== 'unwanted';
    if (isAllowed || (stance === 'wanted' && (isOurs || /^bonus\b/i.test(sentence)) && rest !== ''))
      return { wanted: [sentence], unwanted: [] };
    return { wanted: [], unwanted: stance === 'unwanted' && rest !== '' ? rejectedTexts(rest) : [sentence] };
  }
  if (stance === 'unwanted' && hasVerdict && (isFirm || isOurs) && rest !== '' && !subjects.test(sentence))
    return { wanted: [], unwanted: rejectedTexts(rest) };
  const rejected = rejectedSubject(sentence);
  if (rejected !== undefined) return { wanted: [], unwanted: [rejected] };
  const unwanted: string[] = [];
  const take = (_: string, what: string): string => {
    unwanted.push(...rejectedTexts(what.trim()));
    return '';
  };
  const wanted = sentence.replace(aside, take);
  return { wanted: [isOurs ? wanted.replace(contrast, take) : wanted].filter((text) => /\p{L}/u.test(text)), unwanted };
};

/**
 * Splits running text by what its sentences and clauses say: "We want theory, not applications."
 * @param by The stance of the label or heading above, which holds unless a sentence says otherwise.
 */
export const partText = (text: string, by: Stance): Parts => {
  const parts = splitSentences(text).map((sentence) => partSentence(sentence, by));
  return {
    wanted: parts.flatMap(({ wanted }) => wanted),
    unwanted: parts
      .flatMap(({ unwanted }) => unwanted)
      .map((each) => each.replace(/[\s,]+(?:please|these days|any ?more|at all|for now)[.!]?$/i, '')),
  };
};
