import type { Channel } from '../../core/channel.ts';
import { createPause } from '../../core/clock.ts';
import { matchedTopics, type ScorablePaper } from '../../core/score.ts';
import type { Services, UnderstoodTopics } from '../../core/services.ts';
import type { AnnouncementStore } from '../../core/stores.ts';
import { splitList } from '../topic-rows.ts';
import { parseTopics, topicSides } from '../topics.ts';
import { canNameSubject, createLexicon, isGenericText, isTellingWord } from './lexicon.ts';

/** Any of these minimums is enough. With less, the ranking depends on chance. */
const minWords = 5;
const minSubjects = 2;
const minWordsInPapers = 3;
const minPapersToJudge = 200;
/** Share of recent papers. The rarest real field that was tried (finance in cs.LG and cs.AI) has 3%. */
const minMatchedShare = 0.005;
const maxUnwantedShare = 0.5;
/** Of the letters. */
const maxForeignLetters = 0.3;
const minForeignWords = 3;

const setOf = (words: string): Set<string> => new Set(words.split(/\s+/));

/** Function words by language. Those that look English ("die", "on", "a") are left out. */
const foreignWords: Record<string, Set<string>> = {
  German: setOf('und der das für mit von wie zur zum den dem keine nicht wir sind auf eine oder bei ohne neue'),
  French: setOf('et les des pour dans une sur avec aux ou nous sans est pas du la le apprentissage'),
  Spanish: setOf('y los las para con del una por sin que el la en de aprendizaje'),
  Italian: setOf('e gli le per con del della dei di una che non il nel'),
  Portuguese: setOf('e os as para com do da dos das uma não em de aprendizado'),
  Dutch: setOf('en het een voor met van zijn niet zonder op de wij'),
};
const englishWords = setOf('the of and for in with to from by as or we that on is are not how');

/** Name of the language if the text is clearly not English; "" if its letters are not Latin. */
const foreignLanguageOf = (text: string): string | undefined => {
  const letters = text.match(/\p{L}/gu) ?? [];
  const foreign = letters.filter((letter) => !/\p{Script=Latin}|\p{Script=Greek}/u.test(letter));
  if (foreign.length > maxForeignLetters * letters.length) return '';
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const count = (of: ReadonlySet<string>): number => words.filter((word) => of.has(word)).length;
  const [likeliest] = Object.entries(foreignWords)
    .map(([language, of]) => ({ language, found: count(of) }))
    .sort((a, b) => b.found - a.found);
  return likeliest && likeliest.found >= minForeignWords && likeliest.found > 2 * count(englishWords)
    ? likeliest.language
    : undefined;
};

const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => /\p{L}{2}/u.test(word));

const meaningfulWords = (text: string): string[] => [...new Set(wordsOf(text).filter((word) => !isGenericText(word)))];

/** Stems of a text, without stop words. */
type StemsOf = (text: string) => Set<number>;

type Readable = Pick<ScorablePaper, 'title' | 'abstract'>;

type PaperWords = { stemsOf: StemsOf; ofPaper(paper: Readable): Set<number> };

/** Keeps the stems of papers, so that topics of several channels can be compared with them. */
const createPaperWords = (): PaperWords => {
  const lexicon = createLexicon();
  const known = new WeakMap<Readable, Set<number>>();
  const stemsOf: StemsOf = (text) => {
    const stems: number[] = [];
    lexicon.read(text, stems);
    return new Set(stems.filter((stem) => stem >= 0));
  };
  return {
    stemsOf,
    ofPaper(paper) {
      const stems = known.get(paper) ?? stemsOf(`${paper.title}\n${paper.abstract}`);
      known.set(paper, stems);
      return stems;
    },
  };
};

/** True for "safe learning" and "pruning", but not for "learning models" or "optimization". */
const isClearSubject = (subject: string, known: ReadonlySet<number> | undefined, stemsOf: StemsOf): boolean => {
  const words = wordsOf(subject);
  const stems = [...stemsOf(words.join(' '))];
  if (stems.length !== 1) return stems.length > 1 && meaningfulWords(subject).length > 0;
  return (
    words.some((word) => isTellingWord(word) && canNameSubject(word)) && stems.every((one) => known?.has(one) ?? true)
  );
};

/** True if the topics name enough for a ranking. @param known Stems of recent papers; undefined if there are too few. */
const isEnough = (wanted: readonly string[], known: ReadonlySet<number> | undefined, stemsOf: StemsOf): boolean => {
  const words = meaningfulWords(wanted.join('\n'));
  if (words.length === 0 || words.length >= minWords) return words.length > 0;
  const subjects = new Set(
    wanted
      .flatMap((text) => text.split(':').flatMap(splitList))
      .flatMap((text) => text.split(/\s(?:and|or)\s/i))
      .map((each) => each.trim().toLowerCase()),
  );
  if ([...subjects].filter((subject) => isClearSubject(subject, known, stemsOf)).length >= minSubjects) return true;
  // Three words such as "efficient foundation models" fit too many papers.
  if (!words.some(isTellingWord)) return false;
  const stems = [...stemsOf(wordsOf(wanted.join('\n')).join(' '))];
  return stems.filter((stem) => known?.has(stem) ?? true).length >= minWordsInPapers;
};

type Problem = NonNullable<UnderstoodTopics['problem']>;

const problemOf = (
  { wanted, unwanted }: { wanted: readonly string[]; unwanted: readonly string[] },
  papers: readonly ScorablePaper[],
  { stemsOf, ofPaper }: PaperWords,
): Problem | undefined => {
  const text = wanted.join('\n');
  if (text.trim() === '')
    return {
      text: 'The topics file names nothing that you want to read.',
      fix: 'List your subjects in English.',
      isFatal: true,
    };
  const language = foreignLanguageOf(text);
  if (language !== undefined)
    return {
      text: `The topics are ${language === '' ? 'not in English' : `in ${language}`}, and the built-in scorer only understands English.`,
      fix: 'Write them in English, or set up a language model that translates them.',
      isFatal: true,
    };
  const words = meaningfulWords(text);
  const stems = stemsOf(words.join(' '));
  const isJudged = papers.length >= minPapersToJudge;
  const stemsOfPapers = isJudged ? papers.map(ofPaper) : [];
  const needed = words.length < minWords ? 1 : 2;
  const matched = stemsOfPapers.filter((of) => [...stems].filter((stem) => of.has(stem)).length >= needed).length;
  if (isJudged && matched < minMatchedShare * papers.length)
    return {
      text: `Hardly any of ${papers.length} recent papers has words of the topics.`,
      fix: 'Use the words of abstracts, or add categories.',
      isFatal: matched === 0,
    };
  const known = isJudged ? new Set(stemsOfPapers.flatMap((of) => [...of])) : undefined;
  if (!isEnough(wanted, known, stemsOf))
    return {
      text: `The built-in scorer needs more words than "${wanted.join(', ')}".`,
      fix: 'Name at least five subjects or methods, using words that appear in abstracts.',
      isFatal: false,
    };
  const rejected = new Set(meaningfulWords(unwanted.join('\n')));
  if (words.filter((word) => rejected.has(word)).length > maxUnwantedShare * words.length)
    return {
      text: 'The topics want and reject mostly the same words, so the built-in scorer cannot tell papers apart.',
      fix: 'Remove each word from one of the two lists.',
      isFatal: false,
    };
  return undefined;
};

/**
 * What the built-in scorer understands of a topics file, and what keeps it from ranking well.
 * @param papers Papers of recent days.
 */
export const understandTopics = (
  topics: string,
  papers: readonly ScorablePaper[],
  words = createPaperWords(),
): UnderstoodTopics => {
  const sides = topicSides(parseTopics(topics));
  return { ...sides, problem: problemOf(sides, papers, words) };
};

/**
 * Judges a channel's topics by the papers of its newest stored day. Keeps the result, because open pages ask often.
 * @param model The language model that expands topics, if any.
 */
export const createUnderstanding = (
  announcements: Pick<AnnouncementStore, 'newestDate' | 'read'>,
  model: string | undefined,
): Services['understand'] => {
  const kept = new Map<string, { key: string; understood: UnderstoodTopics }>();
  // Channels that read the same announcement at the same time get the same list, with which its words are dropped.
  const wordsOf = new WeakMap<readonly object[], PaperWords>();
  return async ({ name, categories, rubric }) => {
    const date = await announcements.newestDate(categories);
    const key = JSON.stringify([rubric.topics, rubric.expansion, categories, date]);
    const there = kept.get(name);
    if (there?.key === key) return there.understood;
    const announced = date === undefined ? [] : await announcements.read(date, categories);
    const papers = announced.map(({ paper }) => paper);
    const words = wordsOf.get(announced) ?? createPaperWords();
    wordsOf.set(announced, words);
    // A bot with many channels judges the topics of all at its start.
    const pause = createPause(new AbortController().signal);
    await pause();
    for (const paper of papers) {
      words.ofPaper(paper);
      await pause();
    }
    const understood = understandTopics(matchedTopics(rubric), papers, words);
    const { problem } = understood;
    if (problem && understood.wanted.length > 0 && model !== undefined && !rubric.expansion) {
      const fix =
        rubric.expansion === undefined
          ? `At the next run, ${model} expands them.`
          : `${model} could not expand them. To try again, type /arxiv topics expanded again; or write them in English.`;
      understood.problem = { ...problem, fix };
    }
    kept.set(name, { key, understood });
    return understood;
  };
};

type ProblemParts = {
  understand: Services['understand'];
  channels(): readonly Channel[];
  hasModel: boolean;
};

/** Finds what is wrong with a channel's topics, if no language model reads them. */
export const createTopicsProblems =
  ({ understand, channels, hasModel }: ProblemParts) =>
  async (name: string | undefined): Promise<{ text: string; fix: string }[]> => {
    const channel = hasModel ? undefined : channels().find((one) => one.name === name);
    const { problem } = channel ? await understand(channel) : {};
    return problem ? [{ text: problem.text, fix: problem.fix }] : [];
  };
