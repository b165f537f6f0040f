import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';
import { findProgram } from '../fakes/programs.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The first Chromium on a PATH. */
export const findChromium = (path: string): string | undefined => findProgram(names, path);

const installed = findChromium(process.env.PATH ?? '');

/** Skips the group without Chromium. */
export const describeInBrowser = describe.skipIf(installed === undefined);

let running: Promise<Browser> | undefined;

/**
 * The browser of all tests in this process, launched on first use. Chromium's sandbox does not work as root or in
 * containers, and it only reads the pages under test.
 */
export const sharedBrowser = (): Promise<Browser> => {
  running ??= chromium.launch({ executablePath: installed, args: ['--no-sandbox'] }).then((browser) =>
    // A crash fails one file only: the next one launches another browser.
    browser.once('disconnected', () => {
      running = undefined;
    }),
  );
  return running;
};
