import { z } from 'zod';
import { readBody } from '../../core/body.ts';
import { parseJson } from '../../core/json.ts';
import type { TokenCount } from '../../core/score.ts';
import type { AnswerForm } from './prompt.ts';
import { readJson } from './reader.ts';

export type ChatCompletion = {
  text: string;
  /** The answer reached a limit: that of the request, or the end of the model's context. */
  cutOff: boolean;
  tokens: TokenCount | undefined;
  /** The form and the limit in tokens of the request. */
  form: AnswerForm;
  limit: number;
  /** Milliseconds from the request to the answer. */
  elapsedMs: number;
};

/** Many times the longest answer of a model. */
const maxBytes = 8_000_000;

/** In characters. The start of an answer is enough to find out what it refuses. */
const maxErrorLength = 4_000;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : isRecord(value) ? Object.values(value).flatMap(textsIn) : [];

/**
 * Errors come as `{error: {…}}`, as a list of them, as `{error: "…"}`, as `{message}` or `{detail}`, or as plain text.
 */
const errorIn = (text: string): Record<string, unknown> => {
  const json = parseJson(text);
  const first = Array.isArray(json) ? json[0] : json;
  const named = isRecord(first) && isRecord(first.error) ? first.error : isRecord(first) ? first : {};
  const { code, type, param } = named;
  const message = json === undefined ? text : textsIn(json).join(' ');
  return { code, type, param, message: message.slice(0, maxErrorLength) };
};

/**
 * A fetch whose answers the SDK can read: JSON under any content type, and errors in OpenAI's shape, with all texts of
 * the answer as their message.
 */
export const withReadableAnswers =
  (fetchAnswer: typeof fetch): typeof fetch =>
  async (input, init) => {
    const answer = await fetchAnswer(input, init);
    // Read here, so that the SDK's timeout covers the body too.
    const text = (await readBody(answer, maxBytes)).replace(/^\uFEFF/, '').trim();
    const headers = new Headers(answer.headers);
    for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name);
    const isJson = parseJson(text) !== undefined;
    headers.set('content-type', answer.ok && !isJson ? 'text/plain' : 'application/json');
    const body = answer.ok ? text : JSON.stringify({ error: errorIn(text) });
    return new Response(body, { status: answer.ok ? 200 : answer.status, headers });
  };

const textPart = z.union([
  z.string(),
  z.object({ type: z.enum(['text', 'output_text']).optional(), text: z.string() }).transform(({ text }) => text),
]);

/** Text, or a list of parts. Parts with thinking are left out. */
const content = z.union([
  z.string(),
  z.array(textPart.or(z.unknown().transform(() => ''))).transform((parts) => parts.join('')),
  z.unknown().transform(() => ''),
]);

const failure = z.object({ code: z.union([z.number(), z.string()]).nullish() });

const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        error: failure.nullish().catch(undefined),
        message: z.object({
          content: content.optional(),
          reasoning_content: content.optional(),
          reasoning: content.optional(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: z.number().nonnegative(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nonnegative().nullish() }).nullish(),
      prompt_cache_hit_tokens: z.number().nonnegative().nullish(),
    })
    .nullish()
    .catch(undefined),
});

const failedSchema = z.object({
  error: failure.or(
    z
      .string()
      .min(1)
      .transform(() => ({ code: undefined })),
  ),
});

/** Some routers send no code, only words. */
const statusByWords: readonly (readonly [words: RegExp, status: number])[] = [
  [/rate.?limit|too many requests|throttl/i, 429],
  [/\b(?:credits?|balance|billing|payment)\b/i, 402],
  [/api.?key|unauthori[sz]ed|authenticat/i, 401],
  [/\bmodel\b.*(?:not found|not exist|unknown)|(?:no such|unknown|invalid) model/i, 404],
];

/** The status of a failure that a server reports in an answer with status 200, as OpenRouter and llama.cpp do. */
const statusOf = (code: string | number | null | undefined, text: string): number => {
  const status = Number(code);
  if (status >= 400 && status < 600) return status;
  return statusByWords.find(([words]) => words.test(`${code ?? ''} ${text}`))?.[1] ?? 500;
};

export type ReadAnswer =
  | { kind: 'completion'; completion: Omit<ChatCompletion, 'form' | 'limit' | 'elapsedMs'> }
  | { kind: 'failure'; status: number; text: string }
  | { kind: 'unreadable'; reason: string; cause?: unknown };

export const readAnswer = (answer: unknown): ReadAnswer => {
  if (typeof answer === 'string') return { kind: 'unreadable', reason: 'an answer that is not JSON' };
  const { data, error } = completionSchema.safeParse(answer);
  const choice = data?.choices[0];
  const failed = choice?.error ?? failedSchema.safeParse(answer).data?.error;
  if (failed) {
    const text = textsIn(answer).join(' ').slice(0, maxErrorLength);
    // A choice may hold words of the model beside its error.
    return { kind: 'failure', status: statusOf(failed.code, choice ? '' : text), text };
  }
  if (!data || !choice) return { kind: 'unreadable', reason: 'an answer that is not a chat completion', cause: error };
  const { message, finish_reason } = choice;
  const cutOff = /^(length|max_tokens)$/i.test(finish_reason ?? '');
  const thought = message.reasoning_content || message.reasoning || '';
  const isInThought = !message.content?.trim() && !cutOff && readJson(thought).length > 0;
  const { usage } = data;
  return {
    kind: 'completion',
    completion: {
      text: isInThought ? thought : (message.content ?? ''),
      cutOff,
      tokens: usage
        ? {
            prompt: usage.prompt_tokens,
            cached: usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0,
            completion: usage.completion_tokens,
          }
        : undefined,
    },
  };
};
