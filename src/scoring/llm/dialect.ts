import type { ModelHabits } from '../../core/score.ts';

/** A server's refusal: its status and the text of its answer, in which it may name the parameter. */
export type Refusal = { status: number; text: string };

type Asked = {
  /** The limit of the request in tokens, and the least that an answer needs without thinking. */
  maxTokens: number;
  minTokens: number;
};

const limitName = /max_(?:completion_|new_)?tokens|max_?output_?tokens/i;
const unknownName = /unsupported|unrecogni[sz]ed|unknown|unexpected|not permitted|not supported|not allowed|\bextra\b/i;
const isOutOfRange = /too large|too high|too big|at most|less than|maximum|range|exceed|greater|larger|limit|invalid/i;

const isTooLong =
  /context[ _-]?(?:length|window|size)|exceed_context|too many (?:input )?tokens|prompt is too long|input is too long|reduce the length/i;

/** vLLM, if the prompt alone is longer than the context. */
const hasNoRoom = /must be at least 1, got -/;

const isAboutContent = /content[ _-]?(?:filter|management|policy)|responsibleai|moderation|flagged/i;

const isAboutModel = /model_not_found|model\b.{0,80}\b(?:not found|does not exist|not exist)/is;

/** In tokens. A smaller number in a refusal is not a limit. */
const minLimit = 256;

/** The tokens that a context leaves for the answer, if the refusal names the context and the prompt's length. */
const roomIn = (text: string): number | undefined => {
  const context = /context (?:length|window|size)\D{0,30}(\d+)/i.exec(text)?.[1];
  const prompt = /(\d+)\D{0,3}(?:input tokens|in the messages|prompt tokens|in your prompt)/i.exec(text)?.[1];
  return context && prompt ? Number(context) - Number(prompt) : undefined;
};

/** The limit that a refusal names, otherwise half of the one asked for; undefined if that is too small. */
const smallerLimit = (text: string, { maxTokens, minTokens }: Asked): number | undefined => {
  const room = roomIn(text);
  // The prompt's length varies, so the next answer may have less room.
  if (room !== undefined) return room >= minTokens ? Math.floor(room * 0.9) : undefined;
  const named = [...text.replace(/(\d),(?=\d{3}\b)/g, '$1').matchAll(/(?<![\w.-])\d+(?![\w-])/g)]
    .map(Number)
    .filter((one) => one >= minLimit && one < maxTokens);
  const limit = named.length > 0 ? Math.max(...named) : Math.floor(maxTokens / 2);
  return limit >= minLimit ? limit - (named.length > 0 && /exclusive/i.test(text) ? 1 : 0) : undefined;
};

const mayBeAboutRequest = (status: number): boolean => [400, 404, 405, 413, 415, 422, 500, 501].includes(status);

/** True if the prompt and the answer are too long for the model. */
export const isLengthRefusal = ({ status, text }: Refusal): boolean =>
  status === 413 || (mayBeAboutRequest(status) && (isTooLong.test(text) || hasNoRoom.test(text)));

/**
 * The one thing to change before the same request is sent again; undefined if the refusal names none.
 *
 * `max_tokens` is the older name of `max_completion_tokens`, and some servers accept only one of them.
 */
export const concessionFor = (
  { status, text }: Refusal,
  habits: Readonly<ModelHabits>,
  asked: Asked,
): Partial<ModelHabits> | undefined => {
  if (!mayBeAboutRequest(status) || status === 413 || hasNoRoom.test(text)) return undefined;
  if (limitName.test(text)) {
    if (habits.limit === 'max_completion_tokens' && /max_completion_tokens/.test(text) && unknownName.test(text))
      return { limit: 'max_tokens' };
    if (habits.limit === 'max_tokens' && /max_tokens.*use.*max_completion_tokens/is.test(text))
      return { limit: 'max_completion_tokens' };
    const maxTokens = isOutOfRange.test(text) ? smallerLimit(text, asked) : undefined;
    if (maxTokens !== undefined) return { maxTokens };
    if (habits.limit === 'max_completion_tokens' && !isOutOfRange.test(text)) return { limit: 'max_tokens' };
  }
  const maxTokens = isTooLong.test(text) && roomIn(text) !== undefined ? smallerLimit(text, asked) : undefined;
  if (maxTokens !== undefined) return { maxTokens };
  if (isTooLong.test(text)) return undefined;
  if (habits.temperature && /temperature/i.test(text)) return { temperature: false };
  const isAboutForm =
    /response_?format|json_?schema|structured.?output|guided_json|grammar|json_validate_failed|json mode/i;
  return habits.form === 'schema' && isAboutForm.test(text) ? { form: 'lines' } : undefined;
};

/** True if a failure without a reason may be about the schema, so that a request without it may succeed. */
export const mayBeAboutSchema = (refusal: Refusal): boolean =>
  mayBeAboutRequest(refusal.status) &&
  !isLengthRefusal(refusal) &&
  ![isAboutContent, isAboutModel].some((one) => one.test(refusal.text));
