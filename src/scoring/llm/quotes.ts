import * as z from 'zod';

/** What the model answered about a paper. */
export type ModelAnswer = { answer: string; quotes: string[]; found: boolean };

/** The schema that an answer is held to where the server can. The quotes come first: the answer then rests on them. */
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

const shape = z.object({
  answer: z.string(),
  quotes: z.union([z.array(z.string()), z.string().transform((one) => [one])]).catch([]),
  found: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).catch(true),
});

/** Reads a model's answer, also one in a code fence or with prose around it; undefined where it holds none. */
export const parseModelAnswer = (text: string): ModelAnswer | undefined => {
  const candidates = [text, text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)];
  for (const candidate of candidates) {
    try {
      const { data } = shape.safeParse(JSON.parse(candidate));
      if (data) return data;
    } catch {
      // The next one may be JSON.
    }
  }
  return undefined;
};

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** A text as quotes are compared: one kind of quotation mark, dash and space, and no characters that nobody sees. */
const comparable = (text: string): string =>
  text
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? '')
    .normalize('NFKC')
    .replace(/[\p{Cf}\u00ad]/gu, '')
    .replace(/[‘’‚‛′`´]/g, "'")
    .replace(/[“”„‟″«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** Fewer characters or words stand in many a text by chance. */
const shortest = { characters: 12, words: 3 };
const longest = 600;
const maxQuotes = 4;

/** A quote without what models put around one: quotation marks, and dots where they cut. */
const bare = (quote: string): string =>
  quote
    .trim()
    .replace(/^["“”'‘’«»]+|["“”'‘’«»]+$/g, '')
    .replace(/^(\.{3}|…)\s*|\s*(\.{3}|…)$/g, '')
    .trim();

/** Those of the quotes that stand in the text word for word, but for spaces, quotation marks and dashes; at most four. */
export const verifiedQuotes = (quotes: readonly string[], text: string): string[] => {
  const whole = comparable(text);
  const kept = new Map<string, string>();
  for (const quote of quotes.map(bare)) {
    const sought = comparable(quote);
    if (sought.length < shortest.characters || sought.length > longest) continue;
    if (sought.split(' ').length < shortest.words) continue;
    if (whole.includes(sought)) kept.set(sought, sought);
  }
  return [...kept.values()].slice(0, maxQuotes);
};
