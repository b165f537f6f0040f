import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configOf, createHome, reportOf, toArxiv } from '../../end-to-end/harness.ts';
import { startFakeArxiv } from '../../fakes/arxiv.ts';
import { gearsPaper, pack } from './tarball.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

let folder: string;
let paths: string[];
let launcher: string;

/** Below node_modules, where Node strips no types, with what the package declares and nothing else beside it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-'));
  const packed = pack(folder);
  paths = packed.paths;
  const installed = join(folder, 'lib', 'node_modules', 'paperboy');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', packed.tarball, '-C', installed, '--strip-components=1']);
  const { dependencies } = manifest.parse(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')));
  for (const name of Object.keys(dependencies)) {
    const link = join(installed, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  launcher = join(installed, 'dist', 'paperboy.mjs');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed tarball', () => {
  it('has only JavaScript and what the program reads', () => {
    const kinds = new Set(paths.map((path) => path.replace(/^.*\./, '.')));
    expect([...kinds].sort()).toEqual(['.css', '.js', '.json', '.md', '.mjs', '.sql', '.svg', '.yaml', 'LICENSE']);
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    expect(paths.filter((path) => /test|fake|bench/.test(path))).toEqual([]);
  });

  it('installs nothing for development', () => {
    const text = readFileSync(join(dirname(dirname(launcher)), 'package.json'), 'utf8');
    expect(JSON.parse(text)).not.toHaveProperty('optionalDependencies');
  });

  it('names no file of TypeScript, and tells people to type its own name', () => {
    const texts = paths
      .filter((path) => /\.m?js$/.test(path))
      .map((path) => readFileSync(join(dirname(dirname(launcher)), path), 'utf8'))
      .map((text) => text.replace(/\/\*[\s\S]*?\*\//g, ''));
    expect(texts.length).toBeGreaterThan(300);
    expect(texts.filter((text) => /\.ts['"]/.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes('npm run -s paperboy'))).toEqual([]);
  });

  it('runs a day from an empty folder, with pages and a search', async ({ onTestFinished }) => {
    const arxiv = await startFakeArxiv({ days: { '2025-07-08': [gearsPaper] } });
    onTestFinished(() => arxiv.close());
    const home = await createHome({ config: configOf({ post: ['console'] }), env: toArxiv(arxiv), launcher });
    onTestFinished(() => home.close());
    const at = { PAPERBOY_NOW: '2025-07-08T13:00:00Z' };
    expect(reportOf(await home.run(['run', '--json'], at))).toMatchObject({ status: 'posted', posted: 1 });
    // In a thread of its own.
    expect((await home.run(['say', 'search worm drives'], at)).stdout).toContain('Planetary Gear Trains');
    expect(await home.run(['site', '--out', 'public'], at)).toMatchObject({ code: 0 });
    expect(await home.run(['backup', 'copy.db'], at)).toMatchObject({ code: 0 });
  });

  it('starts without a config file', async ({ onTestFinished }) => {
    const arxiv = await startFakeArxiv({ days: { '2025-07-08': [gearsPaper] } });
    onTestFinished(() => arxiv.close());
    const home = await createHome({ env: toArxiv(arxiv), launcher });
    onTestFinished(() => home.close());
    const run = await home.run(['run', '--json'], { PAPERBOY_NOW: '2025-07-08T13:00:00Z' });
    expect(reportOf(run)).toMatchObject({ channel: 'foundations', scanned: 1 });
  });
});
