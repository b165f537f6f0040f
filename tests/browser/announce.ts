import { findChromium } from './browser.ts';

/** Warns once before all tests, so that nobody takes skipped browser tests for passed ones. */
export const setup = (): void => {
  if (findChromium(process.env.PATH ?? '') === undefined)
    process.stderr.write('SKIPPED: browser tests. Chromium was not found; install it with: apt-get install chromium\n');
};
