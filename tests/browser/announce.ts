import { findChromium } from './browser.ts';

/** Warns once before all tests, so that skipped browser tests are not mistaken for passed ones. */
export const setup = (): void => {
  if (findChromium(process.env.PATH ?? '') === undefined)
    process.stderr.write('SKIPPED: browser tests. Chromium was not found; install it with: apt-get install chromium\n');
};
