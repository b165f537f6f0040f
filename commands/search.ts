import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline, Message } from '../src/core/message.ts';
import { abstractUrl, isSamplePaper, paperIdOf } from '../src/core/paper.ts';
import { countOf, linkedTitle, shorten } from '../src/core/paper-text.ts';
import type { Marked, SearchHit, SearchResult, Stores } from '../src/core/stores.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { dayText } from './shared/dates.ts';
import { type KnownScores, knownScores, knownText, nearestOf } from './shared/paper-lines.ts';
import { channelIfAny } from './shared/people.ts';

const perPage = 8;
const maxPages = 25;
/** Papers named by id that are pointed to. */
const maxNamed = 3;

const marked = (parts: readonly Marked[], url?: string): Inline[] =>
  parts.map(({ text, isHit }) => ({ text, ...(isHit && { bold: true }), ...(url && { url }) }));

const blocksOf = ({ paper, announced, title, passage }: SearchHit, number: number, scores: KnownScores): Block[] => {
  const url = isSamplePaper(paper) ? undefined : abstractUrl(paper);
  const known = knownText(scores, paper.id);
  const about = [paper.id, announced && dayText(announced), known].filter(Boolean).join(' · ');
  return [
    {
      type: 'paragraph',
      content: [`${number}. `, ...marked(title, url), { text: `  ${about}`, italic: true }],
    },
    ...(passage.length > 0 ? [{ type: 'note' as const, content: marked(passage) }] : []),
  ];
};

const foundText = ({ found, isMore }: SearchResult): string =>
  isMore ? `More than ${countOf(found, 'paper')} found` : `${countOf(found, 'paper')} found`;

type Asked = { words: string; since?: string | undefined; author?: string | undefined; cat?: string | undefined };

/** The filters as they are typed; a name of several words in quotes, so that nothing after it is read into it. */
const filterWords = ({ since, author, cat }: Asked): string[] => [
  ...(since ? [`since ${since}`] : []),
  ...(author ? [`author "${author.replaceAll('"', '')}"`] : []),
  ...(cat ? [`cat ${cat}`] : []),
];

/** The papers that the words name by id or link, each with the way to what is known of it. */
const namedPapers = async (words: string, { announcements }: Pick<Stores, 'announcements'>): Promise<Block[]> => {
  const ids = [...new Set(words.split(' ').flatMap((word) => paperIdOf(word) ?? []))].slice(0, maxNamed);
  const lines = await Promise.all(
    ids.map(async (id): Promise<Block> => {
      const paper = await announcements.paper(id);
      const title: Inline[] = paper ? [' is ', linkedTitle(paper, true), '. '] : [' is the id of a paper. '];
      return { type: 'paragraph', content: [id, ...title, `/arxiv show ${id} tells all about it.`] };
    }),
  );
  const buttons = ids.flatMap((id) =>
    button(ids.length === 1 ? 'About this paper' : `About ${id}`, ['show', id], 'primary'),
  );
  return [...lines, ...buttonsBlock(buttons)];
};

/** What to try where nothing was found. */
const nothingFound = (asked: Asked, categories: readonly string[], named: readonly Block[]): Message => {
  const { words, cat } = asked;
  const filters = filterWords(asked);
  const near = cat === undefined || categories.includes(cat) ? undefined : nearestOf(cat, categories);
  const summary = `Nothing found for ${shorten(words, 100)}${filters.length > 0 ? ` ${filters.join(' ')}` : ''}`;
  if (named.length > 0)
    return { summary, blocks: [...named, { type: 'note', content: ['No paper has that among its words.'] }] };
  const advice =
    filters.length > 0
      ? `Try it without ${filters.map((filter) => filter.split(' ')[0]).join(' and ')}.`
      : 'All words must be in one paper: try fewer, or the beginning of a word with a star, such as quantiz*.';
  return {
    summary,
    blocks: [
      { type: 'paragraph', content: [`${summary}. ${near ? `Did you mean cat ${near}?` : advice}`] },
      ...buttonsBlock([
        ...(near ? button(`In ${near}`, ['search', words, ...filterWords({ ...asked, cat: near })], 'primary') : []),
        ...(filters.length > 0 ? button('Without limits', ['search', words]) : []),
      ]),
    ],
  };
};

export const search = defineCommand({
  name: 'search',
  summary: 'papers by their words, among all that were ever seen',
  examples: [
    'search sparse attention',
    'search "mixture of experts" since 2025-01-01',
    'search quantiz* author Yoshua Bengio cat cs.LG',
  ],
  options: {
    words: {
      type: 'text',
      description: 'words, "quoted phrases", or the beginning of a word with a star',
      required: true,
    },
    since: { type: 'date', keyword: 'since', description: 'only papers announced on this day or later' },
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
      description: `further down, ${perPage} papers a page`,
      minimum: 1,
      maximum: maxPages,
    },
  },

  async run(context, { words, since, author, cat, page = 1 }) {
    const { stores } = context;
    const asked = { words, since, author, cat };
    const limits = { since, author, category: cat };
    const found = await stores.search.search({ words, ...limits, limit: page * perPage });
    const channel = await channelIfAny(context);
    const named = page === 1 ? await namedPapers(words, stores) : [];
    if (found.hits.length === 0)
      return nothingFound(asked, [...new Set(context.channels.list().flatMap(({ categories }) => categories))], named);
    const hits = found.hits.slice((page - 1) * perPage);
    if (hits.length === 0) {
      const last = Math.ceil(found.hits.length / perPage);
      throw new UserError(
        `There are only ${countOf(found.found, 'paper')}; type /arxiv search ${shorten(words, 60)} page ${last}.`,
      );
    }
    const ids = hits.map(({ paper }) => paper.id);
    const scores = await knownScores(stores, channel, ids);
    const first = (page - 1) * perPage + 1;
    const total = foundText(found);
    const isEnd = !found.isMore && first + hits.length > found.found;
    const isLast = isEnd || page === maxPages;
    const shown = found.found > hits.length ? `; ${first} to ${first + hits.length - 1} are shown` : '';
    const note = isEnd
      ? '/arxiv show with an id tells all about a paper.'
      : isLast
        ? 'There is no going further down; add a word, since, author or cat to find less.'
        : `/arxiv search with the same words and page ${page + 1} goes on.`;
    return {
      summary: `${total} for ${shorten(words, 100)}`,
      blocks: [
        { type: 'heading', text: shorten(`${total}: ${[words, ...filterWords(asked)].join(' ')}`, 140) },
        ...named,
        ...hits.flatMap((hit, index) => blocksOf(hit, first + index, scores)),
        { type: 'note', content: [`${total}${shown}. ${note}`] },
        ...buttonsBlock(isLast ? [] : button('More', ['search', words, ...filterWords(asked), `page ${page + 1}`])),
      ],
    };
  },
});
