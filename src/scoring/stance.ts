import leven from 'leven';

// Decides whether a label, a heading or a sentence of a topics file is about wanted or unwanted subjects. Wordings
// vary, so a phrase is read word by word: an odd number of negations makes it unwanted.

export type Stance = 'wanted' | 'unwanted';

const setOf = (words: string): Set<string> => new Set(words.split(/\s+/));

const negations =
  setOf(`not no never nothing none nor neither without hardly rarely dont doesnt didnt arent isnt wont wouldnt
  shouldnt cant cannot donts non anti little`);
/** These reject by themselves. */
const rejections =
  setOf(`irrelevant unwanted uninteresting uninterested unimportant unrelated avoid avoided ignore ignored
  exclude excluded excluding excludes exclusion exclusions skip skipped skipping deprioritize deprioritized
  deprioritise deprioritised deemphasize downweight downrank demote penalize penalise omit omitted discard dislike dislikes
  disliked hate spare blacklist blacklisted blocklist offtopic boring bored tired nope nogo`);
/** These reject only as a label or with other words of this page: "negative sampling" and "skip-level" are subjects. */
const labelRejections = setOf('negative negatives reject rejected drop mute muted hide hidden block blocked bad cons');
/** These reject only beside a word of `contexts` or `likings`: "go easy on", "cut down on", "low priority". */
const weakRejections = setOf('easy light down away clear enough out off less fewer least low lower lowest stop minor');
const likings =
  setOf(`relevant wanted want wants interesting interested interest interests like likes love enjoy read see seen
  positive include included includes inclusion inclusions prioritize prioritized prioritise prioritised priority priorities
  favor favour favorite favorites focus important care prefer preferred preference preferences follow look looking need
  needed keep seek hear yes nice scope core must welcome thing send post show cup tea boost upweight goal goals dos
  emphasize emphasise matter matters worth`);
const contexts =
  setOf(`go cut tone steer stay keep leave filter rule take give turn sending posting showing bother work publish
  worry count belong fit topic topics`);
const fillers =
  setOf(`we i us me our my you your they the a an this that these those such it them what which is are am be been
  being do does did have has had will would will should could can may might please kindly also really generally usually mostly
  mainly very particularly especially currently now right at all rather more most much many so too for as to of on in about
  from with and or any anything everything things stuff following papers paper areas area subjects subject articles work works
  research keywords keyword terms term content list only just still anymore longer team group lab channel here there their
  high higher highest top main half bit one ones thanks however but further purely`);

const firstPerson = /\b(?:we|i|us|me|our|my|please)\b/;

const maxTypos = (word: string): number => (word.length >= 8 ? 2 : word.length >= 6 ? 1 : 0);
const correctable = [...negations, ...rejections, ...likings].filter((word) => word.length >= 6);

/** "Irelevant" → "irrelevant". Only in labels, because any word of a sentence may resemble another. */
const corrected = (word: string): string => {
  if (maxTypos(word) === 0 || isKnown(word)) return word;
  const [nearest] = correctable
    .filter((other) => other[0] === word[0])
    .map((other) => ({ other, typos: leven(word, other) }))
    .filter(({ other, typos }) => typos <= Math.min(maxTypos(word), maxTypos(other)))
    .sort((a, b) => a.typos - b.typos);
  return nearest?.other ?? word;
};

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘'`´]/g, '')
    .replace(/\b(de|non|off|anti)-(?=priorit|emphasi|topic|goal|interest)/g, (_, prefix) =>
      prefix === 'de' ? prefix : `${prefix} `,
    )
    .replace(/\b(?:out-of-scope|(?:low|high|top)(?:er|est)?-priority)\b/g, (phrase) => phrase.replaceAll('-', ' '))
    .split(/[^\p{L}\p{N}-]+/u)
    .filter((word) => /\p{L}/u.test(word));

const isKnown = (word: string): boolean =>
  [negations, rejections, labelRejections, weakRejections, likings, contexts, fillers].some((words) => words.has(word));

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
  if (words.length === 0 || words.length > maxLabelWords || !words.every(isKnown)) return undefined;
  return readWords(words).stance;
};

/** The stance of a sentence above a list, by its known words. */
export const introStance = (text: string): Stance | undefined => {
  const words = wordsOf(text).filter(isKnown);
  const isToned = words.filter((word) => weakRejections.has(word)).length % 2 === 1;
  return readWords(words).stance ?? (isToned ? 'unwanted' : undefined);
};

const wordAt = /[\p{L}\p{N}][\p{L}\p{N}’‘'`´-]*/gu;

/** The known words at the start of a text, and the index of their end. */
const prefixOf = (text: string, stops: RegExp): { words: string[]; end: number } => {
  const words: string[] = [];
  let end = 0;
  for (const match of text.matchAll(wordAt)) {
    const read = wordsOf(match[0]);
    if (stops.test(text.slice(end, match.index)) || !read.every(isKnown)) break;
    words.push(...read);
    end = match.index + match[0].length;
  }
  return { words, end };
};

/** Subjects whose first words look like a rejection. */
const subjects = /^(?:no free lunch|no[- ]reference|skip connections?|not (?:only|just|merely)|nothing but)\b/i;
const fewerPapers =
  /^(?:fewer|less|not (?:so|too) many|not (?:so|too) much)\s+(.*\b(?:papers?|works?|articles?|stuff)\b.*)$/i;
const copula =
  /\s*,?\s+(?:is|are|be|was|were|do|does|should|can|may|will|would|isn['’]?t|aren['’]?t|don['’]?t|doesn['’]?t|bores?)\b/giu;
const aside =
  /(?:(?:,\s*(?:but\s+|and\s+)?|\s+but\s+|\s+and\s+|[(（]\s*(?:but\s+)?)(?:not|no|never|nothing (?:on|about))\s+|(?:,|[(（])?\s*\b(?:excluding|except(?:\s+for)?|apart from|other than)\s+)(?!(?:only|just|merely|necessarily|longer|less|more|matter|be|to|as|yet)\b)([^,;.()（）]+)[)）]?/giu;
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
    if (stance === 'wanted' && isOurs && rest !== '') return { wanted: [sentence], unwanted: [] };
    return { wanted: [], unwanted: [stance === 'unwanted' && rest !== '' ? rest : sentence] };
  }
  if (stance === 'unwanted' && hasVerdict && (isFirm || isOurs) && rest !== '' && !subjects.test(sentence))
    return { wanted: [], unwanted: [rest] };
  const rejected = rejectedSubject(sentence);
  if (rejected !== undefined) return { wanted: [], unwanted: [rejected] };
  const unwanted: string[] = [];
  const take = (_: string, what: string): string => {
    unwanted.push(what.trim());
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
    unwanted: parts.flatMap(({ unwanted }) => unwanted).map((each) => each.replace(/[\s,]+please[.!]?$/i, '')),
  };
};
