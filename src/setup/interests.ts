import { ExternalError, UserError } from '../core/errors.ts';
import { findPaperLinks, looksLikePaperId, type Paper, paperIdOf } from '../core/paper.ts';

/** What somebody wrote about their interests: words, and papers that they like. */
export type Interests = {
  words: string;
  liked: readonly Pick<Paper, 'id' | 'title' | 'categories'>[];
  /** Papers that could not be read, each as a sentence. */
  faults: readonly string[];
};

export const isEmpty = ({ words, liked }: Pick<Interests, 'words' | 'liked'>): boolean =>
  words === '' && liked.length === 0;

export type FindPaper = (id: string, signal: AbortSignal) => Promise<Paper>;

/** Links and ids that cannot exist, such as one of a 99th month. */
const isWrongId = (word: string): boolean => paperIdOf(word) === undefined && looksLikePaperId(word);

const wrongIdFault = (word: string): string => {
  const [id] = /\d{3,6}\.\d{2,7}/.exec(word) ?? [];
  return id === undefined
    ? `${word} is not a link to a paper.`
    : `${id} is left out: arXiv has no paper ${id}. Check the id.`;
};

/**
 * Splits a text into words and paper ids. A link among words counts as a liked paper, and the words stay as they are.
 *
 * @returns `faults` are sentences about ids that cannot exist.
 */
export const splitInterests = (text: string): { words: string; ids: string[]; faults: string[] } => {
  const ids: string[] = [];
  const words: string[] = [];
  const faults: string[] = [];
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    const parts = line.split(/[\s,;]+/).filter((part) => part !== '' && !/^(?:[-*•&+]|and|or)$/i.test(part));
    const wrong = parts.filter(isWrongId);
    const hasOnlyIds = parts.length > 0 && parts.every((part) => paperIdOf(part) !== undefined || wrong.includes(part));
    ids.push(...(hasOnlyIds ? parts.flatMap((part) => paperIdOf(part) ?? []) : findPaperLinks(line)));
    // Among words, a number may be anything.
    faults.push(...wrong.filter((part) => hasOnlyIds || part.includes('://')).map(wrongIdFault));
    if (!hasOnlyIds) words.push(line);
  }
  return { words: words.join('\n').trim(), ids: [...new Set(ids)], faults };
};

/** Fetches the papers that a text names. Faults of arXiv or the network leave papers out. */
export const readInterests = async (text: string, find: FindPaper, signal: AbortSignal): Promise<Interests> => {
  const { words, ids, faults } = splitInterests(text);
  const liked: Paper[] = [];
  for (const id of ids) {
    try {
      liked.push(await find(id, signal));
    } catch (error) {
      if (!(error instanceof UserError) && !(error instanceof ExternalError)) throw error;
      faults.push(`${id} is left out: ${error.message}`);
    }
  }
  return { words, liked, faults };
};

const likedHeading = '## Papers like these';

/** In the form that docs/configuration.md#the-topics-file describes. */
export const topicsText = ({ words, liked }: Pick<Interests, 'words' | 'liked'>): string => {
  const isMarkdown = /^#{1,3} /m.test(words);
  const list = liked.map(({ title }) => `- ${title}`);
  return [
    ...(isMarkdown ? [] : ['# What we read']),
    ...(words === '' ? [] : [words]),
    ...(list.length > 0 && !words.includes(likedHeading) ? [likedHeading] : []),
    ...(list.length > 0 ? [list.join('\n')] : []),
  ]
    .join('\n\n')
    .concat('\n');
};
