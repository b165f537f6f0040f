import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The first Chromium on a PATH. */
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
