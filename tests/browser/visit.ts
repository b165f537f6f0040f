import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { patienceMs } from '../fakes/patience.ts';
import { sharedBrowser } from './browser.ts';
import { type Paperboy, type PaperboySetup, startPaperboy } from './paperboy.ts';

const viewport = { width: 1280, height: 720 };

type Served = { url: string; close(): Promise<void> };

export type Visits<T extends Served> = {
  served(): T;
  /** Opens a path of the site in the page that the tests share. */
  visit(path?: string): Promise<Page>;
  /** Opens a path in another browser with its own settings and cookies. */
  visitElsewhere(path?: string, settings?: BrowserContextOptions): Promise<Page>;
  /** Accepts complaints of this test's pages that match. */
  expectComplaint(pattern: RegExp): void;
};

/**
 * One site for a group of tests, each as a new person. A test fails if one of its pages complained (script error, content
 * security policy, failed request) or opened a dialog.
 */
export const useVisitsOf = <T extends Served>(start: () => Promise<T>): Visits<T> => {
  let served: T;
  let browser: Browser;
  // Shared, because a new one takes a second of CPU.
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

/** Visits a bot that runs as a process of its own. */
export const useVisits = (setup: PaperboySetup = {}): Omit<Visits<Paperboy>, 'served'> & { paperboy(): Paperboy } => {
  const { served, ...visits } = useVisitsOf(() => startPaperboy(setup));
  return { paperboy: served, ...visits };
};

/** Polls until the expectation that follows holds. */
export const eventually = <T>(read: () => T) => expect.poll(read, { interval: 30 });
