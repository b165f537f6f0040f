import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { sharedBrowser } from './browser.ts';
import { type Paperboy, type PaperboySetup, startPaperboy } from './paperboy.ts';

/** How long a person waits for what changes by itself, in milliseconds. */
const patienceMs = 5_000;

const viewport = { width: 1280, height: 720 };

/** What has pages to visit. */
type Served = { url: string; close(): Promise<void> };

export type Visits<T extends Served> = {
  /** What is visited by the tests of the group. */
  served(): T;
  /** The page of the test's person, at a path of the site's. */
  visit(path?: string): Promise<Page>;
  /** A page of another browser, with settings and cookies of its own. */
  visitElsewhere(path?: string, settings?: BrowserContextOptions): Promise<Page>;
  /** Takes what a page complains of in this test, if it looks like this, for what it should. */
  expectComplaint(pattern: RegExp): void;
};

/**
 * One site for a group of tests, each test a new person. After a test its pages may not have complained: of a script's
 * error, of what the content security policy forbids, of what did not load; nor opened a dialog.
 */
export const useVisitsOf = <T extends Served>(start: () => Promise<T>): Visits<T> => {
  let served: T;
  let browser: Browser;
  // One for all tests, since a new one takes a second of computing.
  let ownPage: Page;
  const complaints: string[] = [];
  const expected: RegExp[] = [];

  const openPage = async (settings: BrowserContextOptions): Promise<Page> => {
    const context = await browser.newContext({ viewport, ...settings });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning')
        complaints.push(`${line.text()} (${line.location().url})`);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', async (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    return page;
  };

  const at = async (page: Page, path: string): Promise<Page> => {
    await page.goto(new URL(path, served.url).href);
    return page;
  };

  beforeAll(async () => {
    const starting = start();
    browser = await sharedBrowser();
    ownPage = await openPage({});
    served = await starting;
  });
  afterAll(async () => {
    await ownPage?.context().close();
    await served?.close();
  });
  afterEach(async () => {
    const own = ownPage.context();
    await Promise.all(browser.contexts().map((context) => (context === own ? undefined : context.close())));
    await ownPage.goto('about:blank');
    await ownPage.unrouteAll();
    await ownPage.setViewportSize(viewport);
    await ownPage.emulateMedia({ colorScheme: 'light' });
    await own.clearCookies();
    const unexpected = complaints.splice(0).filter((text) => !expected.some((pattern) => pattern.test(text)));
    expected.length = 0;
    expect(unexpected).toEqual([]);
  });

  return {
    served: () => served,
    expectComplaint: (pattern) => void expected.push(pattern),
    visit: (path = '') => at(ownPage, path),
    visitElsewhere: async (path = '', settings = {}) => at(await openPage(settings), path),
  };
};

/** Visits to a bot as people run it. */
export const useVisits = (setup: PaperboySetup = {}): Omit<Visits<Paperboy>, 'served'> & { paperboy(): Paperboy } => {
  const { served, ...visits } = useVisitsOf(() => startPaperboy(setup));
  return { paperboy: served, ...visits };
};

/** Waits until something of the page is as it should be. */
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: patienceMs, interval: 30 });
