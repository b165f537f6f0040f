import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { firstPage, textPage } from './invented-pages.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const folderWith = async (files: Record<string, string>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-pages-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
};

const run = async (...args: string[]) => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '..', '..', '..', 'tools', 'seeds', 'main.ts'), ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
};

describe.concurrent('the script', () => {
  it('remakes days, including a remedial one, and succeeds if all differences are explained', async () => {
    const folder = await folderWith({
      'a.txt': textPage,
      'b.txt': firstPage,
      'README.md': '# x',
    });
    const { code, stdout, stderr } = await run(folder);
    expect(stdout).not.toContain('Not explained');
    expect(stdout).toMatch(/2024-02-05 +page, data +authors +1, such as 2402\.00001 +TeX accents are Unicode/);
    expect(stdout).toMatch(/2 pages with 4 papers: \d+ differences explained, 0 not\.\n$/);
    expect(stderr.match(/made and compared/g)).toHaveLength(2);
    expect(code).toBe(0);
  });

  it('fails if the program would make another page', { tags: ['proof'] }, async () => {
    const [better, worse] = ['**Relevance:** 10\n**Novelty:** 8', '**Relevance:** 7\n**Novelty:** 6'];
    const turned = firstPage.replace(better, '…').replace(worse, better).replace('…', worse);
    const { code, stdout } = await run(await folderWith({ 'a.txt': turned }));
    expect(stdout).toMatch(
      /Not explained:[\s\S]*2024-02-05 +page +papers +2402\.00001 2402\.00002 +2402\.00002 2402\.00001/,
    );
    expect(code).toBe(1);
  });

  it('fails if a page cannot be read', async () => {
    const { code, stdout } = await run(await folderWith({ 'a.txt': firstPage.replace('[gpt-4o]', '') }));
    expect(stdout).toMatch(/^a\.txt cannot be read: no model\n/);
    expect(code).toBe(1);
  });

  it.each([
    ['no folder', async () => [], /^Usage: npm run seeds -- DIR/],
    ['two folders', async () => ['a', 'b'], /^Usage: npm run seeds -- DIR/],
    ['a folder that is none', async () => [join(tmpdir(), 'paperboy-none')], /ENOENT/],
    ['a folder without pages', async () => [await folderWith({ 'a.txt': 'Nothing.' })], /^There are no pages in /],
  ])('reports %s as wrong usage', async (_, args, problem) => {
    const { code, stderr } = await run(...(await args()));
    expect(stderr).toMatch(problem);
    expect(code).toBe(2);
  });
});
