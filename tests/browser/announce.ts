import { findChromium } from './browser.ts';

/** Runs once before all tests, so that nobody takes skipped browser tests for passed ones. */
export const setup = (): void => {
  if (findChromium(process.env.PATH ?? '') === undefined)
    process.stderr.write('Browser tests are skipped: no Chromium found; install it with apt-get install chromium\n');
};
