import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from '../../src/core/folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'paperboy-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('creates a folder and its missing parents', () => {
  makeFolder(join(root, 'a', 'b', 'c'));
  makeFolder(join(root, 'a', 'b', 'd'));
  makeFolder(join(root, 'a', 'b', 'd'));
  expect([existsSync(join(root, 'a', 'b', 'c')), existsSync(join(root, 'a', 'b', 'd'))]).toEqual([true, true]);
});

it('fails if a file is in the way', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file'))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(root, 'file', 'a'))).toThrow(/EEXIST|ENOTDIR/);
});

it.runIf(existsSync('/proc'))('fails in a folder where none can be created', () => {
  expect(() => makeFolder('/proc/paperboy/a')).toThrow(/ENOENT|EACCES|EPERM/);
});
