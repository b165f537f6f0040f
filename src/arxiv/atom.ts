import * as z from 'zod';
import type { Paper } from '../core/paper.ts';
import { arxivError } from './client.ts';
import { categoryForm, versionedIdForm } from './feed.ts';
import { namesIn, unicodeAbstract, unicodeTitle } from './text.ts';
import { createXmlReader } from './xml.ts';

export type SubmittedPaper = { submitted: Date; paper: Paper };

export type Slice = {
  total: number;
  ids: string[];
  papers: SubmittedPaper[];
  unreadable: string[];
};

// The parser gives an element with attributes, such as a namespace, as an object.
const text = z.union([z.string(), z.object({ '#text': z.string() }).transform((element) => element['#text'])]);
const optionalText = text.optional().catch(undefined);
const instant = text.transform((value) => new Date(value)).refine((date) => !Number.isNaN(date.getTime()));
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

const parseXml = createXmlReader("The response from arXiv's query API", {
  // Categories are in attributes.
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (name) => lists.has(name),
});

const submittedPaper = (id: string, version: number, raw: unknown): SubmittedPaper | undefined => {
  const entry = entrySchema.safeParse(raw).data;
  if (!entry) return undefined;
  const terms = [entry['arxiv:primary_category'], ...(entry.category ?? [])].map((named) => named?.['@term'] ?? '');
  // Authors may add subject classes from other schemes, such as 68T05 in mathematics.
  const categories = [...new Set(terms)].filter((term) => categoryForm.test(term));
  if (categories.length === 0) return undefined;
  const comments = unicodeAbstract(entry['arxiv:comment'] ?? '');
  const doi = entry['arxiv:doi']?.trim();
  const journalReference = unicodeTitle(entry['arxiv:journal_ref'] ?? '');
  return {
    submitted: entry.published,
    paper: {
      id,
      version,
      title: unicodeTitle(entry.title),
      authors: (entry.author ?? []).flatMap((author) => namesIn(author?.name ?? '')),
      abstract: unicodeAbstract(entry.summary ?? ''),
      categories,
      ...(comments ? { comments } : {}),
      ...(doi ? { doi } : {}),
      ...(journalReference ? { journalReference } : {}),
    },
  };
};

/**
 * Reads a response from arXiv's query API, an Atom feed: https://info.arxiv.org/help/api/user-manual.html. arXiv may
 * report an error as a feed with one entry that describes it.
 * @throws ExternalError if the response is truncated, is not such a feed, has an entry without an id, or reports an
 *   error.
 */
export const parseAtom = (xml: string): Slice => {
  const trimmed = xml.trim();
  // The parser accepts a feed that was cut off.
  if (!trimmed.endsWith('</feed>')) throw arxivError("The response from arXiv's query API was cut off.");
  const answer = answerSchema.safeParse(parseXml(trimmed));
  if (!answer.success)
    throw arxivError("The response from arXiv's query API is not a list of papers.", { cause: answer.error });
  const { entry: entries = [], 'opensearch:totalResults': total } = answer.data.feed;
  const refusal = entries.find(({ id }) => id.includes('/api/errors'));
  if (refusal) throw arxivError(`arXiv's query API reports an error: ${unicodeTitle(refusal.summary ?? refusal.id)}`);
  const slice: Slice = { total, ids: [], papers: [], unreadable: [] };
  for (const entry of entries) {
    const [, id, version] = versionedIdForm.exec(entry.id.trim()) ?? [];
    if (!id) throw arxivError("An entry in the response from arXiv's query API has no id and version.");
    const read = submittedPaper(id, Number(version), entry);
    slice.ids.push(id);
    if (read) slice.papers.push(read);
    else slice.unreadable.push(id);
  }
  return slice;
};
