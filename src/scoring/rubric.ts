import { createHash } from 'node:crypto';
import type { Rubric } from '../core/score.ts';
import { promptTemplate } from './llm/prompt.ts';

/** Removes a byte order mark and Windows line endings, so that the hash does not depend on the editor. */
const normalized = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');

/**
 * The hash is the SHA-256, in hex, of the template, topics, criteria and language as a JSON list. Channels with the
 * same texts share their scores.
 */
export const createRubric = (texts: Pick<Rubric, 'topics' | 'criteria' | 'language'>): Rubric => {
  const template = promptTemplate;
  const topics = normalized(texts.topics);
  const criteria = normalized(texts.criteria);
  const language = texts.language.trim();
  const hash = createHash('sha256')
    .update(JSON.stringify([template, topics, criteria, language]))
    .digest('hex');
  return { hash, template, topics, criteria, language };
};
