import type { Channel } from '../../core/channel.ts';
import { matchedTopics, type ScorablePaper } from '../../core/score.ts';
import type { Services, UnderstoodTopics } from '../../core/services.ts';
import type { AnnouncementStore } from '../../core/stores.ts';
import { parseTopics, topicSides } from '../topics.ts';
import { createLexicon, isGenericText } from './lexicon.ts';

/** Minimum number of meaningful words. With fewer, the ranking depends on chance. */
const minWords = 5;
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

/** Name of the language if the text is clearly not English; "another script" if its letters are not Latin. */
const foreignLanguageOf = (text: string): string | undefined => {
  const letters = text.match(/\p{L}/gu) ?? [];
  const foreign = letters.filter((letter) => !/\p{Script=Latin}|\p{Script=Greek}/u.test(letter));
  if (foreign.length > maxForeignLetters * letters.length) return 'another script';
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const count = (of: ReadonlySet<string>): number => words.filter((word) => of.has(word)).length;
  const [likeliest] = Object.entries(foreignWords)
    .map(([language, of]) => ({ language, found: count(of) }))
    .sort((a, b) => b.found - a.found);
  return likeliest && likeliest.found >= minForeignWords && likeliest.found > 2 * count(englishWords)
    ? likeliest.language
    : undefined;
};

const meaningfulWords = (text: string): string[] => [
  ...new Set(
    (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter(
      (word) => /\p{L}{2}/u.test(word) && !isGenericText(word),
    ),
  ),
];

/** Share of the papers that have at least two words of the topics, or all if there are fewer. */
const matchedShare = (words: readonly string[], papers: readonly ScorablePaper[]): number => {
  const lexicon = createLexicon();
  const stemsOf = (text: string): Set<number> => {
    const stems: number[] = [];
    lexicon.read(text, stems);
    return new Set(stems.filter((stem) => stem >= 0));
  };
  const wanted = stemsOf(words.join(' '));
  const needed = Math.min(2, wanted.size);
  const matched = papers.filter(
    ({ title, abstract }) => [...stemsOf(`${title}\n${abstract}`)].filter((stem) => wanted.has(stem)).length >= needed,
  );
  return matched.length / papers.length;
};

const problemOf = (
  { wanted, unwanted }: { wanted: readonly string[]; unwanted: readonly string[] },
  papers: readonly ScorablePaper[],
): UnderstoodTopics['problem'] => {
  const text = wanted.join('\n');
  if (text.trim() === '')
    return { text: 'The topics file names nothing that you want to read.', fix: 'List your subjects in English.' };
  const language = foreignLanguageOf(text);
  if (language !== undefined)
    return {
      text: `The topics are in ${language}, and the built-in scorer only understands English.`,
      fix: 'Write them in English, or set up a language model that translates them.',
    };
  const words = meaningfulWords(text);
  if (words.length < minWords)
    return {
      text: `The built-in scorer needs more words than "${wanted.join(', ')}".`,
      fix: 'Name at least five subjects, methods or problems, in the words of abstracts.',
    };
  const rejected = new Set(meaningfulWords(unwanted.join('\n')));
  if (words.filter((word) => rejected.has(word)).length > maxUnwantedShare * words.length)
    return {
      text: 'The topics want and reject mostly the same words, so the built-in scorer cannot tell papers apart.',
      fix: 'Remove each word from one of the two lists.',
    };
  if (papers.length >= minPapersToJudge && matchedShare(words, papers) < minMatchedShare)
    return {
      text: `Hardly any of ${papers.length} recent papers has words of the topics.`,
      fix: 'Use the words of abstracts, or add categories.',
    };
  return undefined;
};

/**
 * What the built-in scorer understands of a topics file, and why it cannot use it. @param papers Papers of recent days.
 */
export const understandTopics = (topics: string, papers: readonly ScorablePaper[]): UnderstoodTopics => {
  const sides = topicSides(parseTopics(topics));
  return { ...sides, problem: problemOf(sides, papers) };
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
  return async ({ name, categories, rubric }) => {
    const date = await announcements.newestDate(categories);
    const key = JSON.stringify([rubric.topics, rubric.expansion, categories, date]);
    const there = kept.get(name);
    if (there?.key === key) return there.understood;
    const announced = date === undefined ? [] : await announcements.read(date, categories);
    const understood = understandTopics(
      matchedTopics(rubric),
      announced.map(({ paper }) => paper),
    );
    const { problem } = understood;
    if (problem && understood.wanted.length > 0 && model !== undefined && !rubric.expansion) {
      const fix =
        rubric.expansion === undefined
          ? `At the next run, ${model} expands them.`
          : `${model} could not expand them. To try again, type /arxiv topics expanded again; or write them in English.`;
      understood.problem = { text: problem.text, fix };
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
    return problem ? [problem] : [];
  };
