import { ExternalError, UserError } from '../core/errors.ts';
import { findPaperLinks, type Paper, paperIdOf } from '../core/paper.ts';

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

/** The ids in a line of links and ids alone; undefined if it has other words. */
const onlyIds = (line: string): string[] | undefined => {
  const ids = line
    .split(/[\s,;]+/)
    .filter((word) => word !== '' && !/^[-*•]$/.test(word))
    .map(paperIdOf);
  return ids.length > 0 && ids.every((id) => id !== undefined) ? (ids as string[]) : undefined;
};

/** Splits a text into words and paper ids. A link among words counts as a liked paper, and the words stay as they are. */
export const splitInterests = (text: string): { words: string; ids: string[] } => {
  const ids: string[] = [];
  const words: string[] = [];
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    const found = onlyIds(line);
    ids.push(...(found ?? findPaperLinks(line)));
    if (!found) words.push(line);
  }
  return { words: words.join('\n').trim(), ids: [...new Set(ids)] };
};

/** Fetches the papers that a text names. Faults of arXiv or the network leave papers out. */
export const readInterests = async (text: string, find: FindPaper, signal: AbortSignal): Promise<Interests> => {
  const { words, ids } = splitInterests(text);
  const liked: Paper[] = [];
  const faults: string[] = [];
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
