import type { FakePaper } from './arxiv.ts';

export type FakeEntry = { paper: FakePaper; kind: 'new' | 'cross' | 'replace' };

const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const lines = (...parts: (string | false | undefined)[]): string => parts.filter((part) => part).join('\n');

const announceType = (category: string, { paper, kind }: FakeEntry): string => {
  if (kind !== 'replace') return kind;
  return paper.categories[0] === category ? 'replace' : 'replace-cross';
};

const feedItem = (category: string, date: string, entry: FakeEntry): string => {
  const { paper } = entry;
  const type = announceType(category, entry);
  const version = `${paper.id}v${paper.version ?? 1}`;
  const affiliation = paper.affiliation ? ` (${paper.affiliation})` : '';
  return lines(
    '<item>',
    `<title>${escapeMarkup(paper.title)}</title>`,
    `<link>https://arxiv.org/abs/${paper.id}</link>`,
    `<description>arXiv:${version} Announce Type: ${type} \nAbstract: ${escapeMarkup(paper.abstract)}</description>`,
    `<guid isPermaLink="false">oai:arXiv.org:${version}</guid>`,
    ...paper.categories.map((name) => `<category>${name}</category>`),
    `<pubDate>${new Date(date).toUTCString().slice(0, 16)} 00:00:00 -0400</pubDate>`,
    `<arxiv:announce_type>${type}</arxiv:announce_type>`,
    paper.license && `<dc:rights>${paper.license}</dc:rights>`,
    paper.doi && `<arxiv:DOI>${paper.doi}</arxiv:DOI>`,
    paper.journalReference &&
      `<arxiv:journal_reference>${escapeMarkup(paper.journalReference)}</arxiv:journal_reference>`,
    `<dc:creator>${escapeMarkup(paper.authors.map((name) => `${name}${affiliation}`).join(', '))}</dc:creator>`,
    '</item>',
  );
};

/** An RSS 2.0 feed of one category, like https://info.arxiv.org/help/rss.html. */
export const arxivFeed = (feed: { category: string; date: string; entries: readonly FakeEntry[] }): string =>
  lines(
    "<?xml version='1.0' encoding='UTF-8'?>",
    '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">',
    '<channel>',
    `<title>${feed.category} updates on arXiv.org</title>`,
    `<description>${feed.category} updates on the arXiv.org e-print archive.</description>`,
    `<pubDate>${new Date(feed.date).toUTCString().slice(0, 16)} 00:00:00 -0400</pubDate>`,
    '<skipDays><day>Sunday</day><day>Saturday</day></skipDays>',
    ...feed.entries.map((entry) => feedItem(feed.category, feed.date, entry)),
    '</channel>',
    '</rss>',
    '',
  );

const withLinks = (text: string): string =>
  escapeMarkup(text).replace(
    /https?:\/\/[\w./~-]*\w/g,
    (url) => `<a href="${url}" rel="external noopener nofollow">this https URL</a>`,
  );

const listingItem = ({ paper, kind }: FakeEntry, number: number): string => {
  const { id, categories } = paper;
  const note = { new: '', cross: `(cross-list from ${categories[0]})`, replace: '(replaced)' }[kind];
  const html = `<a href="https://arxiv.org/html/${id}v${paper.version ?? 1}" title="View HTML" id="html-${id}">html</a>`;
  const [primary, ...others] = categories.map((name) => `Subject of ${name} (${name})`);
  const field = (name: string, label: string, value: string) =>
    `<div class='list-${name} mathjax'><span class='descriptor'>${label}:</span>\n  ${value}\n</div>`;
  return lines(
    `<dt>\n<a name='item${number}'>[${number}]</a>`,
    `<a href ="/abs/${id}" title="Abstract" id="${id}">\n  arXiv:${id}\n</a>\n${note}`,
    `[<a href="/pdf/${id}" title="Download PDF" id="pdf-${id}">pdf</a>, ${html}]\n</dt>`,
    "<dd>\n<div class='meta'>",
    field('title', 'Title', escapeMarkup(paper.title)),
    `<div class='list-authors'>${paper.authors.map((name) => `<a href="/search">${escapeMarkup(name)}</a>`).join(', ')}</div>`,
    paper.comments && field('comments', 'Comments', withLinks(paper.comments)),
    paper.journalReference && field('journal-ref', 'Journal-ref', escapeMarkup(paper.journalReference)),
    `<div class='list-subjects'><span class='descriptor'>Subjects:</span>`,
    `<span class="primary-subject">${primary}</span>${others.map((name) => `; ${name}`).join('')}\n</div>`,
    `<p class='mathjax'>\n  ${withLinks(paper.abstract)}\n</p>`,
    '</div>\n</dd>',
  );
};

const titles = { new: 'New', cross: 'Cross', replace: 'Replacement' } as const;

type FakeListing = {
  category: string;
  date: string;
  entries: readonly FakeEntry[];
  page: number;
  pageSize: number;
  /** The catch-up page of the date instead of the listing of new papers. */
  catchup: boolean;
};

const sectionOf = (listing: FakeListing, kind: FakeEntry['kind']): string => {
  const from = (listing.page - 1) * listing.pageSize;
  const rows = listing.entries.map((entry, index) => ({ entry, index })).filter(({ entry }) => entry.kind === kind);
  const here = rows.filter(({ index }) => index >= from && index < from + listing.pageSize);
  if (here.length === 0) return '';
  const continued = here[0] !== rows[0];
  const last = here.at(-1) === rows.at(-1);
  const which = continued
    ? last
      ? 'continued, showing last'
      : 'continued, showing'
    : last
      ? 'showing'
      : 'showing first';
  return lines(
    "<dl id='articles'>",
    `<h3>${titles[kind]} submissions (${which} ${here.length} of ${rows.length} entries)</h3>`,
    ...here.map(({ entry, index }) => listingItem(entry, index + 1)),
    '</dl>',
  );
};

/** A listing page of one category, in arXiv's markup. */
export const arxivListing = (listing: FakeListing): string => {
  const { category, date, entries, page, pageSize, catchup } = listing;
  const day = new Date(date);
  const long = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(day);
  const short = day.toUTCString().slice(0, 16);
  const sections = (['new', 'cross', 'replace'] as const).map((kind) => sectionOf(listing, kind)).filter(Boolean);
  const pages = Math.ceil(entries.length / pageSize);
  const links = Array.from({ length: pages > 1 ? pages : 0 }, (_, index) =>
    index + 1 === page
      ? `<span>${page}</span>`
      : `<a href=/catchup/${category}/${date}?abs=True&amp;page=${index + 1}>${index + 1}</a>`,
  ).join(' ');
  const total = `Total of ${entries.length} entries ${links}`;
  const none = page > 1 ? `<div>No further updates for ${short}</div>` : `<p>No updates for ${short}</p>`;
  return lines(
    "<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n<div id='content'>\n<div id='dlpage'>",
    catchup
      ? `<h1>Catchup results for Subject of ${category} on ${short}</h1>\n<div>\n${total}\n</div>`
      : `<h1>Subject of ${category}</h1>\n<h3>Showing new listings for ${long.replace(/^(\w+) /, '$1, ')}</h3>`,
    !catchup && entries.length > 0 && `<div class='paging'>${total}</div>`,
    ...(sections.length > 0 ? sections : [catchup ? none : '<p>No updates today.</p>']),
    '</div>\n</div>\n</body>\n</html>',
    '',
  );
};

/** `submitted` is the time of the first submission, ISO 8601. */
export type FakeSubmission = { paper: FakePaper; submitted: string };

const atomEntry = ({ paper, submitted }: FakeSubmission): string => {
  const { version = 1, affiliation } = paper;
  const second = submitted.replace(/\.\d+Z$/, 'Z');
  const authors = paper.authors.map((name) =>
    lines(
      `<author><name>${escapeMarkup(name)}</name>`,
      affiliation && `<arxiv:affiliation>${escapeMarkup(affiliation)}</arxiv:affiliation>`,
      '</author>',
    ),
  );
  return lines(
    '<entry>',
    `<id>http://arxiv.org/abs/${paper.id}v${version}</id>`,
    `<title>${escapeMarkup(paper.title)}</title>`,
    `<updated>${second}</updated>`,
    `<link href="https://arxiv.org/abs/${paper.id}v${version}" rel="alternate" type="text/html"/>`,
    `<summary>  ${escapeMarkup(paper.abstract)}\n</summary>`,
    ...paper.categories.map(
      (name) => `<category term="${escapeMarkup(name)}" scheme="http://arxiv.org/schemas/atom"/>`,
    ),
    `<published>${second}</published>`,
    paper.comments && `<arxiv:comment>${escapeMarkup(paper.comments)}</arxiv:comment>`,
    paper.journalReference && `<arxiv:journal_ref>${escapeMarkup(paper.journalReference)}</arxiv:journal_ref>`,
    `<arxiv:primary_category term="${paper.categories[0]}"/>`,
    ...authors,
    paper.doi && `<arxiv:doi>${paper.doi}</arxiv:doi>`,
    '</entry>',
  );
};

type FakeAnswer = {
  query: string;
  found: readonly FakeSubmission[];
  start: number;
  max: number;
};

/** An answer of the query API, like https://info.arxiv.org/help/api/user-manual.html. */
export const arxivAtom = ({ query, found, start, max }: FakeAnswer): string =>
  lines(
    "<?xml version='1.0' encoding='UTF-8'?>",
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">',
    '<id>https://arxiv.org/api/fake</id>',
    `<title>arXiv Query: ${escapeMarkup(query)}</title>`,
    `<opensearch:itemsPerPage>${max}</opensearch:itemsPerPage>`,
    `<opensearch:totalResults>${found.length}</opensearch:totalResults>`,
    `<opensearch:startIndex>${start}</opensearch:startIndex>`,
    ...found.slice(start, start + max).map(atomEntry),
    '</feed>',
    '',
  );
