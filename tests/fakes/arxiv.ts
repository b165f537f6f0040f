import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arxivAtom, arxivFeed, arxivListing, type FakeEntry, type FakeSubmission } from './arxiv-pages.ts';

export type FakePaper = {
  id: string;
  title: string;
  abstract: string;
  authors: string[];
  /** Primary category first. */
  categories: string[];
  /** By default 1. A replaced paper has 2 or more. */
  version?: number;
  /** Announced as a replacement. */
  replaced?: boolean;
  comments?: string;
  doi?: string;
  journalReference?: string;
  license?: string;
  /** Time of the first submission, ISO 8601; by default noon GMT on the day before the announcement. */
  submitted?: string;
  /** Follows each author's name in the feed, in brackets. */
  affiliation?: string;
};

type FakeRoute = 'rss' | 'list' | 'catchup' | 'api' | 'html';

type FakeFault =
  | { kind: 'status'; status: number; retryAfter?: string; body?: string }
  /** Half of the answer, with status 200. */
  | { kind: 'cut' }
  /** A valid answer without papers. */
  | { kind: 'empty' }
  /** The answer of the previous day. */
  | { kind: 'stale' }
  /** Another body, with status 200. */
  | { kind: 'body'; body: string }
  | { kind: 'change'; change: (body: string) => string }
  | { kind: 'drop' };

export type FakeArxivOptions = {
  /** Papers by announcement date. */
  days: Record<string, readonly FakePaper[]>;
  /** The newest announcement; by default the latest of `days`. */
  date?: string;
  /** Entries per page of a listing. */
  pageSize?: number;
  /** HTML full texts by paper id. */
  html?: Record<string, string>;
};

export type FakeArxiv = {
  /** Base URL of RSS, web pages and query API. */
  url: string;
  setDate(date: string): void;
  /** Makes the next requests fail, of one route or any; faults are used in the order given. */
  failNext(fault: FakeFault, options?: { route?: FakeRoute; times?: number }): void;
  /** Makes every request fail until it is called with undefined. */
  failAll(fault: FakeFault | undefined): void;
  requests: string[];
  close(): Promise<void>;
};

const cover = (category: string, paper: FakePaper): boolean => paper.categories.includes(category);

const kindOf = (category: string, paper: FakePaper): FakeEntry['kind'] => {
  if (paper.replaced) return 'replace';
  return paper.categories[0] === category ? 'new' : 'cross';
};

const entriesOf = (papers: readonly FakePaper[], category: string): FakeEntry[] => {
  const entries = papers
    .filter((paper) => cover(category, paper))
    .map((paper) => ({ paper, kind: kindOf(category, paper) }));
  return (['new', 'cross', 'replace'] as const).flatMap((kind) => entries.filter((entry) => entry.kind === kind));
};

/** `YYYYMMDDHHMM` in GMT. */
const minuteOf = (instant: string): string => new Date(instant).toISOString().replace(/\D/g, '').slice(0, 12);

const noonBefore = (date: string): string =>
  new Date(Date.parse(`${date}T12:00:00Z`) - 24 * 60 * 60 * 1_000).toISOString();

/** A fake arXiv on loopback: RSS feeds, new listings, catch-up pages and query API. */
export const startFakeArxiv = async (options: FakeArxivOptions): Promise<FakeArxiv> => {
  const dates = Object.keys(options.days).sort();
  const pageSize = options.pageSize ?? 2_000;
  let today = options.date ?? dates.at(-1) ?? '2025-01-01';
  const faults: { fault: FakeFault; route: FakeRoute | undefined }[] = [];
  const requests: string[] = [];
  let outage: FakeFault | undefined;

  const takeFault = (route: FakeRoute): FakeFault | undefined => {
    if (outage) return outage;
    const index = faults.findIndex((planned) => planned.route === undefined || planned.route === route);
    return index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
  };

  const before = (date: string): string => dates.filter((other) => other < date).at(-1) ?? date;

  const papersOf = (date: string, fault: FakeFault | undefined): readonly FakePaper[] =>
    fault?.kind === 'empty' ? [] : (options.days[date] ?? []);

  /** Every paper announced so far, in its newest version, by first submission. */
  const submissions = (until: string): FakeSubmission[] => {
    const known = new Map<string, FakeSubmission>();
    for (const date of dates.filter((other) => other <= until)) {
      for (const paper of options.days[date] ?? []) {
        const submitted = known.get(paper.id)?.submitted ?? paper.submitted ?? noonBefore(date);
        known.set(paper.id, { paper, submitted });
      }
    }
    return [...known.values()].sort((one, other) => Date.parse(one.submitted) - Date.parse(other.submitted));
  };

  /** As on arXiv, the range includes both minutes, and a category includes cross-listed papers. */
  const atom = (parameters: URLSearchParams, fault: FakeFault | undefined): string | undefined => {
    const id = parameters.get('id_list');
    if (id) {
      const found = fault?.kind === 'empty' ? [] : submissions(today).filter(({ paper }) => paper.id === id);
      return arxivAtom({ query: `id_list=${id}`, found, start: 0, max: 1 });
    }
    const query = parameters.get('search_query') ?? '';
    const terms = [...query.matchAll(/\ball:"([^"]+)"/g)].map(([, term = '']) => term.toLowerCase());
    if (terms.length > 0) {
      const found = submissions(today).filter(({ paper: { title, abstract } }) =>
        terms.some((term) => `${title} ${abstract}`.toLowerCase().includes(term)),
      );
      return arxivAtom({ query, found, start: 0, max: Number(parameters.get('max_results') ?? '10') });
    }
    const [, category, from = '', to = ''] = /^cat:(\S+) AND submittedDate:\[(\d{12}) TO (\d{12})\]$/.exec(query) ?? [];
    if (!category) return undefined;
    const found = submissions(fault?.kind === 'stale' ? before(today) : today).filter(({ paper, submitted }) => {
      const minute = minuteOf(submitted);
      return cover(category, paper) && minute >= from && minute <= to;
    });
    const [start, max] = [Number(parameters.get('start') ?? '0'), Number(parameters.get('max_results') ?? '10')];
    return arxivAtom({ query, found: fault?.kind === 'empty' ? [] : found, start, max });
  };

  const answer = (response: ServerResponse, type: string, body: string, fault: FakeFault | undefined): void => {
    let text = fault?.kind === 'cut' ? body.slice(0, body.length / 2) : body;
    if (fault?.kind === 'body') text = fault.body;
    if (fault?.kind === 'change') text = fault.change(body);
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push(`${url.pathname}${url.search}`);
    const [, route, category = '', day = ''] = url.pathname.split('/').map(decodeURIComponent);
    if (route !== 'rss' && route !== 'list' && route !== 'catchup' && route !== 'api' && route !== 'html') {
      response.writeHead(404).end('Not found');
      return;
    }
    const fault = takeFault(route);
    if (fault?.kind === 'drop') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter });
      response.end(fault.body ?? 'Not now');
      return;
    }
    if (route === 'html') {
      const page = options.html?.[decodeURIComponent(url.pathname.slice('/html/'.length))];
      if (page === undefined) response.writeHead(404).end('No HTML for this paper');
      else answer(response, 'text/html', page, fault);
      return;
    }
    if (route === 'api') {
      const xml = atom(url.searchParams, fault);
      if (xml === undefined) response.writeHead(400).end('Invalid query string');
      else answer(response, 'application/atom+xml', xml, fault);
      return;
    }
    const shown = fault?.kind === 'stale' ? before(today) : today;
    if (route === 'rss') {
      const entries = entriesOf(papersOf(shown, fault), category);
      // As on arXiv, the date is that of the request, even if the papers are old.
      answer(response, 'application/rss+xml', arxivFeed({ category, date: today, entries }), fault);
      return;
    }
    if (route === 'list') {
      const entries = entriesOf(papersOf(shown, fault), category);
      const html = arxivListing({ category, date: shown, entries, page: 1, pageSize, catchup: false });
      answer(response, 'text/html', html, fault);
      return;
    }
    const age = (Date.parse(today) - Date.parse(day)) / 86_400_000;
    if (!(age >= 0 && age <= 90)) {
      response.writeHead(400).end(`Invalid date: ${day}. Catchup only allowed for past 90 days`);
      return;
    }
    const page = Number(url.searchParams.get('page') ?? '1');
    const entries = entriesOf(papersOf(fault?.kind === 'stale' ? before(day) : day, fault), category);
    answer(response, 'text/html', arxivListing({ category, date: day, entries, page, pageSize, catchup: true }), fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    setDate: (date) => {
      today = date;
    },
    failNext: (fault, { route, times = 1 } = {}) => {
      for (let count = 0; count < times; count += 1) faults.push({ fault, route });
    },
    failAll: (fault) => {
      outage = fault;
    },
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};
