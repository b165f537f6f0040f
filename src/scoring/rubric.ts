import { createHash } from 'node:crypto';
import type { Rubric } from '../core/score.ts';
import { promptTemplate } from './llm/prompt.ts';

/** The same text for hashing and prompting, whichever editor wrote it: no byte order mark, lines end in `\n`. */
const normalised = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');

/**
 * The rubric of a channel. Its hash is the SHA-256, in hex, of template, topics, criteria and language as a JSON list:
 * channels whose texts are the same share their scores.
 */
export const createRubric = (texts: Pick<Rubric, 'topics' | 'criteria' | 'language'>): Rubric => {
  const template = promptTemplate;
  const topics = normalised(texts.topics);
  const criteria = normalised(texts.criteria);
  const language = texts.language.trim();
  const hash = createHash('sha256')
    .update(JSON.stringify([template, topics, criteria, language]))
    .digest('hex');
  return { hash, template, topics, criteria, language };
};
