import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as z from 'zod';
import type { Paper } from '../core/paper.ts';
import { arxivError } from './client.ts';
import { categoryForm, versionedIdForm, xmlSettings } from './feed.ts';
import { unicodeAbstract, unicodeName, unicodeTitle } from './tex.ts';

/** A paper with the instant at which its first version was submitted. */
export type SubmittedPaper = { submitted: Date; paper: Paper };

/** One answer of the query API, a slice of all that a query finds. */
export type Slice = {
  /** How many papers the query finds in all. */
  total: number;
  /** Ids of the papers in this slice, in its order. */
  ids: string[];
  papers: SubmittedPaper[];
  /** Those of the ids whose entries lack what a paper must have. */
  unreadable: string[];
};

/** An element that has attributes, such as a namespace of its own, comes as an object. */
const text = z.union([z.string(), z.object({ '#text': z.string() }).transform((element) => element['#text'])]);
const optionalText = text.optional().catch(undefined);
const instant = text.transform((said) => new Date(said)).refine((date) => !Number.isNaN(date.getTime()));
const category = z.object({ '@term': z.string() }).optional().catch(undefined);

const answerSchema = z.object({
  feed: z.object({
    'opensearch:totalResults': text.pipe(z.string().regex(/^\d+$/)).transform(Number),
    entry: z.array(z.looseObject({ id: text, summary: optionalText })).optional(),
  }),
});

const entrySchema = z.object({
  published: instant,
  title: text.pipe(z.string().min(1)),
  summary: optionalText,
  author: z
    .array(z.object({ name: text }).optional().catch(undefined))
    .optional()
    .catch(undefined),
  category: z.array(category).optional().catch(undefined),
  'arxiv:primary_category': category,
  'arxiv:comment': optionalText,
  'arxiv:doi': optionalText,
  'arxiv:journal_ref': optionalText,
});

const lists = new Set(['entry', 'author', 'category']);

const parser = new XMLParser({
  ...xmlSettings,
  // Categories stand in attributes.
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (name) => lists.has(name),
});

const submittedPaper = (id: string, version: number, raw: unknown): SubmittedPaper | undefined => {
  const entry = entrySchema.safeParse(raw).data;
  if (!entry) return undefined;
  const terms = [entry['arxiv:primary_category'], ...(entry.category ?? [])].map((named) => named?.['@term'] ?? '');
  // Authors' subject classes, such as 68T05 of mathematics, are no categories of arXiv.
  const categories = [...new Set(terms)].filter((term) => categoryForm.test(term));
  if (categories.length === 0) return undefined;
  const names = (entry.author ?? []).map((author) => unicodeName(author?.name ?? ''));
  const comments = unicodeAbstract(entry['arxiv:comment'] ?? '');
  const doi = entry['arxiv:doi']?.trim();
  const journalReference = unicodeTitle(entry['arxiv:journal_ref'] ?? '');
  return {
    submitted: entry.published,
    paper: {
      id,
      version,
      title: unicodeTitle(entry.title),
      // The colon after a collaboration's name is listed as an author of its own.
      authors: names.filter((name) => /\p{L}/u.test(name)),
      abstract: unicodeAbstract(entry.summary ?? ''),
      categories,
      ...(comments ? { comments } : {}),
      ...(doi ? { doi } : {}),
      ...(journalReference ? { journalReference } : {}),
    },
  };
};

/**
 * Reads an answer of arXiv's query API, an Atom feed, https://info.arxiv.org/help/api/user-manual.html.
 * @throws ExternalError for an answer that is cut, is no such feed, has an entry that names no paper, or is an error,
 *   which arXiv may give as a feed whose one entry says what is wrong.
 */
export const parseAtom = (xml: string): Slice => {
  const trimmed = xml.trim();
  // The parser would take what there is of a cut feed for the whole.
  if (!trimmed.endsWith('</feed>')) throw arxivError("The answer of arXiv's query API was cut off.");
  const verdict = XMLValidator.validate(trimmed);
  if (verdict !== true) throw arxivError(`The answer of arXiv's query API is broken: ${verdict.err.msg}`);
  const answer = answerSchema.safeParse(parser.parse(trimmed));
  if (!answer.success)
    throw arxivError("The answer of arXiv's query API is no list of papers.", { cause: answer.error });
  const { entry: entries = [], 'opensearch:totalResults': total } = answer.data.feed;
  const refusal = entries.find(({ id }) => id.includes('/api/errors'));
  if (refusal) throw arxivError(`arXiv's query API reports an error: ${unicodeTitle(refusal.summary ?? refusal.id)}`);
  const slice: Slice = { total, ids: [], papers: [], unreadable: [] };
  for (const entry of entries) {
    const [, id, version] = versionedIdForm.exec(entry.id.trim()) ?? [];
    if (!id) throw arxivError("An entry in the answer of arXiv's query API has no id and version.");
    const read = submittedPaper(id, Number(version), entry);
    slice.ids.push(id);
    if (read) slice.papers.push(read);
    else slice.unreadable.push(id);
  }
  return slice;
};
