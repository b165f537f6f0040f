import { createHash } from 'node:crypto';
import type { ModelHabits } from '../../core/score.ts';
import { openAiUrl } from './connection.ts';
import { type AnswerForm, answerSchema, type PromptMessage } from './prompt.ts';

type AnswerSchema = { name: string; strict: boolean; schema: Record<string, unknown> };

/** What a request asks for, whether it is answered at once or in a batch. */
export type RequestContent = {
  messages(form: AnswerForm): PromptMessage[];
  maxTokens: number;
  /** That of scores by default; null for an answer in plain text. */
  schema?: AnswerSchema | null;
};

export const limitOf = ({ maxTokens }: RequestContent, habits: Readonly<ModelHabits>): number =>
  Math.min(maxTokens, habits.maxTokens ?? maxTokens);

export const schemaOf = ({ schema }: RequestContent): AnswerSchema => schema ?? answerSchema('scores');

/**
 * Calls with the same first message have the same key, so that OpenAI sends them to the same cache
 * (https://platform.openai.com/docs/guides/prompt-caching). Other servers may refuse a field that they do not have.
 */
const cacheKeyOf = ([first]: readonly PromptMessage[], baseUrl: string): { prompt_cache_key?: string } =>
  baseUrl === openAiUrl && first
    ? { prompt_cache_key: createHash('sha256').update(first.content).digest('hex').slice(0, 32) }
    : {};

/** The body of a request to `/chat/completions`. */
export const bodyOf = (baseUrl: string, model: string, habits: Readonly<ModelHabits>, request: RequestContent) => {
  const messages = request.messages(habits.form);
  return {
    ...{ model, messages, [habits.limit]: limitOf(request, habits), ...cacheKeyOf(messages, baseUrl) },
    ...(habits.temperature ? { temperature: 0 } : {}),
    ...(habits.form === 'schema'
      ? { response_format: { type: 'json_schema' as const, json_schema: schemaOf(request) } }
      : {}),
  };
};
