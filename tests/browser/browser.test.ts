import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from './browser.ts';

describe('finding Chromium', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperboy-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds a program by any of its names on the PATH', async () => {
    const program = join(folder, 'google-chrome-stable');
    await writeFile(program, '');
    await chmod(program, 0o755);
    expect(findChromium(['', '/nowhere', folder].join(delimiter))).toBe(program);
  });

  it('ignores folders and files that cannot be executed', async () => {
    await mkdir(join(folder, 'chromium'));
    await writeFile(join(folder, 'google-chrome'), '', { mode: 0o644 });
    expect(findChromium(folder)).toBeUndefined();
    expect(findChromium('')).toBeUndefined();
  });
});
