import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { paperOf } from '../../fakes/fixtures.ts';

const bench = join(import.meta.dirname, '..', '..', '..', 'tools', 'bench', 'main.ts');

const spent = z.looseObject({ prompt: z.number(), completion: z.number(), calls: z.number(), read: z.number() });
const schema = z.object({
  cost: z.object({
    days: z.array(z.looseObject({ papers: z.number(), paperboy: spent.extend({ recall: z.number() }), script: spent })),
  }),
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('compares whole days of the command line with the script, and finds every pick', async () => {
  for (const [date, month] of [
    ['2025-07-08', '2507'],
    ['2025-07-09', '2508'],
  ]) {
    const papers = Array.from({ length: 40 }, (_, index) => paperOf(`${month}.${String(index + 1).padStart(5, '0')}`));
    const picks = papers.slice(0, 3).map(({ id }) => [id, { relevance: 9, novelty: 8, comment: `About ${id}.` }]);
    const day = { date, papers, labels: Object.fromEntries(picks) };
    await writeFile(join(folder, `${date}.json`), JSON.stringify(day));
  }
  const json = join(folder, 'figures');
  const child = spawn(process.execPath, [bench, 'cost', '--days', folder, '--json', json, '--kept-share', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(stdout).toMatch(/^all days +2 /m);
  const { cost } = schema.parse(JSON.parse(await readFile(json, 'utf8')));
  expect(cost.days.map(({ papers }) => papers)).toEqual([40, 40]);
  for (const { paperboy, script } of cost.days) {
    expect(paperboy.recall).toBe(1);
    expect(paperboy.prompt).toBeGreaterThan(1_000);
    // Two calls about titles, and one about the abstracts of the picks.
    expect(script).toMatchObject({ calls: 3, read: 3 });
    expect(script.completion).toBeGreaterThan(3 * 20);
  }
});
