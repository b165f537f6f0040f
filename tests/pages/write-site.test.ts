import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Site, SiteFile } from '../../src/core/site.ts';
import { writeSite } from '../../src/pages/write-site.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-site-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const siteOf = (files: Record<string, SiteFile['body'] | undefined>): Site => ({
  paths: async () => Object.keys(files),
  file: async (path) => {
    const body = files[path];
    return body === undefined ? undefined : { type: 'text/plain', body };
  },
});

const written = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort();

describe('writing the site', () => {
  it('writes every file, creates folders and reports progress', async () => {
    const reported: string[] = [];
    const files = {
      'index.html': 'Grüße',
      'a/2025-07-08.html': 'day',
      'assets/fonts/x.woff2': new Uint8Array([0, 255, 7]),
    };
    const target = join(folder, 'new', 'site');
    const count = await writeSite(siteOf(files), target, ({ written, all }) => reported.push(`${written}/${all}`));
    expect(count).toBe(3);
    expect(reported).toEqual(['1/3', '2/3', '3/3']);
    expect(readFileSync(join(target, 'index.html'), 'utf8')).toBe('Grüße');
    expect([...readFileSync(join(target, 'assets/fonts/x.woff2'))]).toEqual([0, 255, 7]);
    expect(written()).toHaveLength(8);
  });

  it('overwrites its own files, keeps others and leaves no unfinished ones', async () => {
    writeFileSync(join(folder, 'CNAME'), 'papers.example');
    await writeSite(siteOf({ 'index.html': 'old', 'a/gone.html': 'kept' }), folder);
    await writeSite(siteOf({ 'index.html': 'new' }), folder);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('new');
    expect(written()).toEqual(['CNAME', 'a', 'a/gone.html', 'index.html']);
  });

  it('skips a page that was removed meanwhile', async () => {
    expect(await writeSite(siteOf({ 'index.html': 'a', 'a/2025-07-08.html': undefined }), folder)).toBe(1);
    expect(written()).toEqual(['index.html']);
  });

  it('says what to do if it cannot write, and leaves no unfinished files', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(writeSite(siteOf({ 'index.html': 'a' }), join(folder, 'file'))).rejects.toThrow(UserError);
    await writeSite(siteOf({ 'index.html/x': 'a folder' }), folder);
    await expect(writeSite(siteOf({ 'index.html': 'a' }), folder)).rejects.toThrow(/Choose a folder/);
    expect(written()).toEqual(['file', 'index.html', 'index.html/x']);
  });

  it('throws the error of a page unchanged', async () => {
    const failing: Site = {
      paths: async () => ['index.html'],
      file: async () => Promise.reject(new Error('broken page')),
    };
    await expect(writeSite(failing, folder)).rejects.toThrow('broken page');
  });
});
