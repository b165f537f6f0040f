import { z } from 'zod';
import { idsIn, titleInstructions } from '../script/prompts.ts';
import type { ChatRequest } from './tokens.ts';
import { drawOf, type LabeledVerdict } from './verdicts.ts';

/** The parts of JSON Schema that requests use. */
type Schema = {
  type?: string | undefined;
  properties?: Record<string, Schema> | undefined;
  items?: Schema | undefined;
  enum?: unknown[] | undefined;
};

const schemaOf: z.ZodType<Schema> = z.object({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  get properties() {
    return z.record(z.string(), schemaOf).optional();
  },
  get items() {
    return schemaOf.optional();
  },
});

/** A paper of a request, with the name that the request gives it: its id or a number. */
type Named = { name: string; verdict: LabeledVerdict };

/** Of 10; a model that may drop papers drops those with less. */
const minKept = 4;

const decoded = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

const fill = (schema: Schema, papers: readonly Named[], field = '', one?: Named): unknown => {
  if (schema.enum) return schema.enum[0];
  const { type, items, properties = {} } = schema;
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, fill(value, papers, key, one)]));
  if (type === 'array' && items?.type === 'object') return papers.map((paper) => fill(items, papers, field, paper));
  if (type === 'array' && items) {
    const isDropping = /irrelevant|reject|drop|exclude|skip/i.test(field);
    return papers
      .filter(({ verdict }) => verdict.relevance < minKept === isDropping)
      .map((paper) => fill(items, papers, 'id', paper));
  }
  if (one) {
    const { name, verdict } = one;
    if (type === 'boolean') return verdict.relevance >= minKept;
    if (/^r$|relev/i.test(field)) return verdict.relevance;
    if (/^n$|novel/i.test(field)) return verdict.novelty;
    if (/^c$|comment|reason|why/i.test(field)) return verdict.comment;
    if (/summar/i.test(field)) return verdict.summary;
    if (/^(i|id|no|number|paper)$|arxiv/i.test(field)) return type === 'string' ? name : Number(name);
  }
  throw new Error(`the model has no value for "${field}" of type ${type}`);
};

/** A line that begins with a paper's id, after signs or a label: `=== ID`, `<paper id="ID">`, `ARXIVID: ID`. */
const idLine = /^\W*(?:paper\W+id|paper|id|arxivid)?\W*(\d{4}\.\d{4,5})\b/gim;

const linesOf = (text: string): string[] =>
  text.split('\n').map((line) => decoded(line.replace(/<[^>]*>/g, '')).trim());

const rowOf = ({ name, verdict: { comment, relevance, novelty } }: Named): string =>
  JSON.stringify({ id: name, comment, relevance, novelty });

export type ModelAnswer = {
  text: string;
  kind: 'scores' | 'comments' | 'topics';
};

/**
 * Answers as a model that agrees with the labels would: in the form of the request's schema, in JSONL, or as the script
 * asks. Fields of a schema are filled by their names, so a schema may have any of them.
 * @param keptShare Share of the papers without a pick's label that the script keeps by title.
 */
export const createAnswers = (
  verdicts: ReadonlyMap<string, LabeledVerdict>,
  keptShare: number,
): ((request: ChatRequest) => ModelAnswer) => {
  const byTitle = new Map(
    [...verdicts.values()].map((verdict) => [verdict.title.replace(/\s+/g, ' ').trim(), verdict]),
  );

  /** The papers of a request. If it has no ids, they are found by title, and their names are their numbers. */
  const papersIn = (text: string): Named[] => {
    const ids = [...new Set([...text.matchAll(idLine)].map(([, id = '']) => id))];
    const byId = ids.map((name): Named => {
      const verdict = verdicts.get(name);
      if (!verdict) throw new Error(`the model knows no paper ${name}`);
      return { name, verdict };
    });
    const titled = linesOf(text).flatMap((line) => byTitle.get(line) ?? []);
    const found = byId.length > 0 ? byId : titled.map((verdict, at) => ({ name: String(at + 1), verdict }));
    if (found.length === 0) throw new Error('the model found no paper in the request');
    return found;
  };

  const isDropped = (id: string): boolean => !verdicts.get(id)?.isPicked && drawOf(id, 'title') >= keptShare;

  return ({ messages, response_format: format }) => {
    // Instructions in the system message may show what an element looks like.
    const text = messages.flatMap(({ role, content }) => (role === 'user' ? [content] : [])).join('\n\n');
    if (text.includes(titleInstructions)) {
      return { text: JSON.stringify(idsIn(text).filter(isDropped)), kind: 'scores' };
    }
    const ofScript = idsIn(text).flatMap((id) => verdicts.get(id) ?? []);
    if (ofScript.length > 0) {
      const rows = ofScript.map(({ id, comment, relevance, novelty }) =>
        JSON.stringify({ ARXIVID: id, COMMENT: comment, RELEVANCE: relevance, NOVELTY: novelty }),
      );
      return { text: rows.join('\n'), kind: 'scores' };
    }
    const topics = /\n<topics>\n([\s\S]*)\n<\/topics>/.exec(`\n${text}`)?.[1];
    if (topics !== undefined) return { text: decoded(topics), kind: 'topics' };
    const papers = papersIn(text);
    if (!format?.json_schema) return { text: papers.map(rowOf).join('\n'), kind: 'scores' };
    const filled = JSON.stringify(fill(schemaOf.parse(format.json_schema.schema), papers));
    return { text: filled, kind: /"(?:r|relev\w*)":/i.test(filled) ? 'scores' : 'comments' };
  };
};
