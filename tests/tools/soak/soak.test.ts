import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { teams } from '../../../tools/soak/teams.ts';

const folder = await mkdtemp(join(tmpdir(), 'soak-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const soak = resolve(import.meta.dirname, '../../../tools/soak/main.ts');
const resultSchema = z.object({
  months: z.array(z.object({ days: z.number(), papers: z.number(), peakMb: z.number(), databaseMb: z.number() })),
  digests: z.number(),
  restarts: z.number(),
  faults: z.array(z.string()),
});

// Five days include a change of clocks in New York, a day without arXiv and one without the language model.
const days = 5;

it('posts every day once, through outages, restarts and a change of clocks', async () => {
  const [json, picture] = [join(folder, 'soak.json'), join(folder, 'soak.svg')];
  const child = spawn(
    process.execPath,
    [soak, '--days', String(days), '--seed', '7', '--json', json, '--picture', picture],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [output, errors] = [text(child.stdout), text(child.stderr)];
  const [code] = await once(child, 'exit');
  expect(await errors).not.toContain('Failed');
  expect(code).toBe(0);
  expect(await output).toContain('with the seed 7');
  const { months, digests, restarts, faults } = resultSchema.parse(JSON.parse(await readFile(json, 'utf8')));
  expect(faults).toEqual([]);
  expect(digests).toBe(days * teams.flatMap(({ channels }) => channels).length);
  expect(restarts).toBeGreaterThan(0);
  expect(months).toMatchObject([{ days }]);
  expect(months[0]?.papers).toBeGreaterThan(100);
  expect(await readFile(picture, 'utf8')).toContain('<svg');
});
