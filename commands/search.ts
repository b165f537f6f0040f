import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { dayText } from '../src/core/dates.ts';
import { UserError } from '../src/core/errors.ts';
import { fold } from '../src/core/folding.ts';
import {
  type Block,
  blocksOf,
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  note,
  type Part,
  paragraph,
} from '../src/core/message.ts';
import {
  abstractUrl,
  authorsLine,
  countOf,
  isSamplePaper,
  linkedTitle,
  paperIdOf,
  shorten,
} from '../src/core/paper.ts';
import type { Marked, SearchHit, SearchResult, Stores } from '../src/core/stores.ts';
import { nearestOf } from './shared/nearest.ts';
import { type KnownScores, knownScores, knownText } from './shared/paper-lines.ts';
import { channelIfAny, channelsShown } from './shared/people.ts';

const perPage = 8;
const maxPages = 25;
const maxNamed = 3;

const marked = (parts: readonly Marked[], url?: string): Inline[] =>
  parts.map(({ text, isHit }) => ({ text, ...(isHit && { bold: true }), ...(url && { url }) }));

const hitBlocks = (
  { paper, announced, title, passage }: SearchHit,
  { mark, author }: { mark: string; author: string | undefined },
  scores: KnownScores,
): Part => {
  const url = isSamplePaper(paper) ? undefined : abstractUrl(paper);
  const names = author && matchingNames(paper.authors, author);
  const facts = [names, paper.id, announced && dayText(announced), knownText(scores, paper.id)]
    .filter(Boolean)
    .join(' · ');
  return [paragraph(`${mark} `, ...marked(title, url), { text: `  ${facts}`, italic: true }), note(...marked(passage))];
};

/** The names that a search for an author means, or the first names if none is spelled like that. */
const matchingNames = (authors: readonly string[], author: string): string => {
  const parts = fold(author)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const matching = authors.filter((name) => parts.every((part) => fold(name).includes(part)));
  return authorsLine(matching.length > 0 ? matching : authors, 3);
};

const foundText = ({ found, isMore }: SearchResult): string =>
  isMore ? `More than ${countOf(found, 'paper')} found` : `${countOf(found, 'paper')} found`;

type Query = { words: string; since?: string | undefined; author?: string | undefined; cat?: string | undefined };

const queryText = (query: Query): string => [query.words, ...filterWords(query)].filter(Boolean).join(' ');

const filterWords = ({ since, author, cat }: Query): string[] => [
  ...(since ? [`since ${since}`] : []),
  ...(author ? [`author "${author.replaceAll('"', '')}"`] : []),
  ...(cat ? [`cat ${cat}`] : []),
];

const namedPapers = async (words: string, { announcements }: Pick<Stores, 'announcements'>): Promise<Block[]> => {
  const ids = [...new Set(words.split(' ').flatMap((word) => paperIdOf(word) ?? []))].slice(0, maxNamed);
  const lines = await Promise.all(
    ids.map(async (id) => {
      const paper = await announcements.paper(id);
      const title: Inline[] = paper ? [' is ', linkedTitle(paper, true), '.'] : [' is a paper id.'];
      return paragraph(id, ...title, ` Type /arxiv show ${id} for details.`);
    }),
  );
  const buttons = ids.map((id) => button(ids.length === 1 ? 'Show paper' : `Show ${id}`, ['show', id], 'primary'));
  return blocksOf(lines, buttonRow(buttons));
};

/** Quotes words that name a filter, so that a button searches for them. */
const asWords = (words: string): string =>
  words
    .split(/("[^"]*"?)/)
    .map((part) => (part.startsWith('"') ? part : part.replace(/(?<!\S)(?:since|author|cat|page)(?!\S)/gi, '"$&"')))
    .join('');

const nothingFound = (query: Query, categories: readonly string[], named: readonly Block[]): Message => {
  const { words, cat } = query;
  const filters = filterWords(query);
  const near = cat === undefined || categories.includes(cat) ? undefined : nearestOf(cat, categories);
  const summary = `Nothing found for ${queryText({ ...query, words: shorten(words, 100) })}`;
  if (named.length > 0) return message(summary, [named, note('No paper contains that text.')]);
  const advice =
    filters.length > 0
      ? `Try it without ${filters.map((filter) => filter.split(' ')[0]).join(' and ')}.`
      : 'A paper must contain all of the words. Try fewer words, or the start of a word and a star, such as quantiz*.';
  return message(summary, [
    paragraph(`${summary}. ${near ? `Did you mean cat ${near}?` : advice}`),
    buttonRow(
      near && button(`In ${near}`, ['search', asWords(words), ...filterWords({ ...query, cat: near })], 'primary'),
      words !== '' && filters.length > 0 && button('Clear filters', ['search', asWords(words)]),
    ),
  ]);
};

/**
 * Answers a search. Without words, lists the papers of an author.
 * @param isNumbered False for words that were not meant as a search for sure: numbers keep naming papers of the last list.
 */
export const searchAnswer = async (
  context: CommandContext,
  query: Query & { page?: number | undefined },
  isNumbered = true,
) => {
  const { words, since, author, cat, page = 1 } = query;
  const { stores } = context;
  const found = await stores.search.search({ words, since, author, category: cat, limit: page * perPage });
  const channel = await channelIfAny(context);
  const named = page === 1 ? await namedPapers(words, stores) : [];
  if (found.hits.length === 0)
    return nothingFound(
      query,
      [...new Set((await channelsShown(context)).flatMap(({ categories }) => categories))],
      named,
    );
  const hits = found.hits.slice((page - 1) * perPage);
  if (hits.length === 0) {
    const last = Math.ceil(found.hits.length / perPage);
    throw new UserError(
      `There are only ${countOf(found.found, 'paper')}. Type /arxiv search ${shorten(queryText(query), 60)} page ${last}.`,
    );
  }
  const ids = hits.map(({ paper }) => paper.id);
  const scores = await knownScores(stores, channel, ids);
  const first = (page - 1) * perPage + 1;
  const total = foundText(found);
  const isEnd = !found.isMore && first + hits.length > found.found;
  const isLast = isEnd || page === maxPages;
  const shown = found.found > hits.length ? `Papers ${first} to ${first + hits.length - 1}. ` : '';
  const next = !isNumbered
    ? `To number them, type /arxiv search ${shorten(words, 60)}.`
    : isEnd
      ? 'Type /arxiv show with an id for details.'
      : isLast
        ? `Paperboy shows at most ${maxPages} pages. To narrow the search, add a word or one of the filters “since”, “author” and “cat”.`
        : `Add page ${page + 1} to see more.`;
  const parts = [
    heading(shorten(`${total}: ${queryText(query)}`, 140)),
    named,
    hits.map((hit, index) => hitBlocks(hit, { mark: isNumbered ? `${first + index}.` : '•', author }, scores)),
    note(`${shown}${next}`),
    buttonRow(!isLast && button('More', ['search', asWords(words), ...filterWords(query), `page ${page + 1}`])),
  ];
  return message(
    `${total} for ${shorten(words || queryText(query), 100)}`,
    parts,
    isNumbered ? { papers: { first, ids } } : {},
  );
};

export const search = defineCommand({
  name: 'search',
  summary: 'Search every paper that Paperboy has seen',
  examples: [
    'search sparse attention',
    'search "mixture of experts" since 2025-01-01',
    'search quantiz* author Yoshua Bengio cat cs.LG',
  ],
  aliases: [
    'find',
    'look for',
    'look up',
    'lookup',
    'search for',
    'papers about',
    'papers on',
    'find papers on',
    'find papers about',
    'search papers on',
    'search papers about',
    ['papers by', 'author'],
    ['find papers by', 'author'],
    ['anything by', 'author'],
    ['find author', 'author'],
  ],
  options: {
    words: {
      type: 'text',
      description: 'words, "quoted phrases", or the start of a word and a star, such as quant*',
      required: true,
      unless: 'author',
    },
    since: { type: 'date', keyword: 'since', description: 'only papers announced on or after this day' },
    author: {
      type: 'text',
      keyword: 'author',
      description: 'part of an author’s name',
      required: false,
      offers: 'authors',
    },
    cat: { type: 'text', keyword: 'cat', description: 'a category, such as cs.LG', required: false },
    page: {
      type: 'integer',
      keyword: 'page',
      description: `page of the results, with ${perPage} papers on each page`,
      minimum: 1,
      maximum: maxPages,
    },
  },

  async run(context, { words = '', ...more }) {
    return searchAnswer(context, { words, ...more });
  },
});
