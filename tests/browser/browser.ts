import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

/** As Linux distributions and Google name it. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The first Chromium on a PATH, by name; undefined where there is none. */
export const findChromium = (path: string): string | undefined =>
  names
    .flatMap((name) =>
      path
        .split(delimiter)
        .filter((folder) => folder !== '')
        .map((folder) => join(folder, name)),
    )
    .find(isProgram);

const installed = findChromium(process.env.PATH ?? '');

/** A group of tests that are skipped on a machine without Chromium. */
export const describeInBrowser = describe.skipIf(installed === undefined);

let running: Promise<Browser> | undefined;

/**
 * The browser of all tests in this process, launched for the first; it ends with the process. Root and containers have no
 * sandbox of Chromium's own; it reads nothing here but the pages under test.
 */
export const sharedBrowser = (): Promise<Browser> => {
  running ??= chromium.launch({ executablePath: installed, args: ['--no-sandbox'] }).then((browser) =>
    // One that broke down is the trouble of one file alone.
    browser.once('disconnected', () => {
      running = undefined;
    }),
  );
  return running;
};
