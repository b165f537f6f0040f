import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { createArxiv } from '../../../src/arxiv/arxiv.ts';
import { createAuthorIndex } from '../../../src/authors/author-index.ts';
import { createScholarClient } from '../../../src/authors/client.ts';
import { platforms } from '../../../src/chat/platforms.ts';
import { createClock } from '../../../src/core/clock.ts';
import type { FirstSteps, SetupVisitor } from '../../../src/core/setup-pages.ts';
import { createSetupPages } from '../../../src/setup/web/pages.ts';
import { date, day } from '../../end-to-end/day.ts';
import { toArxiv } from '../../end-to-end/harness.ts';
import { type FakeArxiv, startFakeArxiv } from '../../fakes/arxiv.ts';
import type { Browser } from '../../fakes/browser.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { eventually } from '../../fakes/patience.ts';
import { startWeb } from '../../fakes/web.ts';

type Options = {
  env?: Record<string, string>;
  secret?: string;
  /** False for a config of one's own, which only admins may change. */
  isNew?: boolean;
  isAdmin?: (visitor: SetupVisitor) => boolean;
};

/** The answer to a form or an address, without line breaks between words. */
export type Shown = { status: number; location: string | null; html: string; text: string };

const entities: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
};

const shownOf = async (answer: Response): Promise<Shown> => {
  const html = await answer.text();
  const text = html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&\w+;|&#\d+;/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ');
  return { status: answer.status, location: answer.headers.get('location'), html, text };
};

/** Serves the set-up pages of a bot in an empty folder, and gives each test a browser. */
export const useSetupPages = () => {
  const at = {} as { arxiv: FakeArxiv; folder: string };
  const open: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    at.arxiv = await startFakeArxiv({ days: { [date]: day } });
  });
  afterAll(() => at.arxiv.close());
  beforeEach(async () => {
    at.folder = await mkdtemp(join(tmpdir(), 'paperboy-setup-'));
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
    await rm(at.folder, { recursive: true, force: true });
  });

  const serve = async ({ env = {}, secret, isNew = true, isAdmin = () => true }: Options = {}) => {
    const stores = openStores(':memory:');
    const [clock, logger, end] = [createClock(new Date('2025-07-08T13:00:00Z')), quietLogger, new AbortController()];
    const remote = { fetch, clock, logger, random: Math.random, userAgent: 'tests' };
    const variables: Record<string, string> = { ...toArxiv(at.arxiv), ARXIV_API_URL: at.arxiv.url, ...env };
    const { ARXIV_RSS_URL: rssUrl = '', ARXIV_WEB_URL: webUrl = '', ARXIV_API_URL: apiUrl = '' } = variables;
    const client = createScholarClient({ apiKey: undefined, apiUrl: 'http://127.0.0.1:9', ...remote });
    const restarts: FirstSteps[] = [];
    const setup = createSetupPages(
      {
        ...{ env: variables, cwd: at.folder, platforms },
        // This machine may have one.
        modelServers: [],
        restart: (first) => void restarts.push(first),
      },
      {
        arxiv: createArxiv({ ...remote, urls: { rssUrl, webUrl, apiUrl }, announcements: stores.announcements }),
        authors: createAuthorIndex({ client, store: stores.authors, clock, logger }),
        ...{ stores, clock, logger, signal: end.signal },
      },
      { isNew, isAdmin },
    );
    const web = await startWeb({ stores, setup, ...(secret !== undefined && { secret }) });
    open.push(async () => {
      end.abort();
      await web.close();
      stores.close();
    });
    const person = async () => {
      const browser: Browser = await web.visitor();
      return {
        browser,
        get: async (step: string): Promise<Shown> => shownOf(await browser.get(`-/setup${step}`)),
        send: async (step: string, fields: Record<string, string>): Promise<Shown> =>
          shownOf(await browser.post(`-/setup/${step}`, fields)),
      };
    };
    return { url: web.url, stores, restarts, restarted: () => eventually(() => restarts[0]), person };
  };

  return { at, serve, read: (name: string): Promise<string> => readFile(join(at.folder, name), 'utf8') };
};

/** Answers the first step with these words. */
export const words = (text: string, more: Record<string, string> = {}): Record<string, string> => ({
  words: text,
  categories: '',
  papers: '10',
  action: 'continue',
  ...more,
});
