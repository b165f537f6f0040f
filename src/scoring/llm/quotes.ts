import * as z from 'zod';
import { plainSigns } from '../../core/folding.ts';
import { readJson } from './reader.ts';

export type ModelAnswer = { answer: string; quotes: string[]; found: boolean };

/** JSON schema of an answer. The quotes come first, so that the model bases its answer on them. */
export const askSchema = {
  name: 'paper_answer',
  strict: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['quotes', 'found', 'answer'],
    properties: {
      quotes: { type: 'array', items: { type: 'string' } },
      found: { type: 'boolean' },
      answer: { type: 'string' },
    },
  },
};

const quoteText = z.union([
  z.string(),
  z.object({ quote: z.string() }).transform(({ quote }) => quote),
  z.object({ text: z.string() }).transform(({ text }) => text),
]);

const shape = z
  .object({
    answer: z.string().nullish(),
    quotes: z.union([z.array(quoteText), quoteText.transform((one) => [one])]).catch([]),
    found: z.union([z.boolean(), z.stringbool()]).catch(true),
  })
  .refine(({ answer, found }) => typeof answer === 'string' || !found)
  .transform(({ answer, ...rest }) => ({ ...rest, answer: answer ?? '' }));

/** The last object of a model's answer that has the fields of `askSchema`; undefined if there is none. */
export const parseModelAnswer = (text: string): ModelAnswer | undefined =>
  readJson(text)
    .flatMap((value) => shape.safeParse(value).data ?? [])
    .at(-1);

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const comparable = (text: string): string =>
  plainSigns(text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? ''))
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Shorter quotes occur in many texts by chance. */
const minCharacters = 12;
const minWords = 3;
const maxCharacters = 600;
const maxQuotes = 4;

const bare = (quote: string): string =>
  quote
    .trim()
    .replace(/^["“”'‘’«»]+|["“”'‘’«»]+$/g, '')
    .replace(/^(\.{3}|…)\s*|\s*(\.{3}|…)$/g, '')
    .trim();

/** At most four quotes that occur in the text word for word, apart from spaces, quotation marks and dashes. */
export const verifiedQuotes = (quotes: readonly string[], text: string): string[] => {
  const whole = comparable(text);
  const kept = new Map<string, string>();
  for (const quote of quotes.map(bare)) {
    const sought = comparable(quote);
    if (sought.length < minCharacters || sought.length > maxCharacters) continue;
    if (sought.split(' ').length < minWords) continue;
    if (whole.includes(sought)) kept.set(sought, sought);
  }
  return [...kept.values()].slice(0, maxQuotes);
};
