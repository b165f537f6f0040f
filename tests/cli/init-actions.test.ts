import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../config/load.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { cronInUtc, initActions } from '../../src/cli/init/actions.ts';
import { createRubric } from '../../src/scoring/rubric.ts';

const now = new Date('2025-07-08T12:00:00Z');

const workflow = z.looseObject({
  on: z.looseObject({ schedule: z.tuple([z.strictObject({ cron: z.string() })]) }),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.strictObject({
    digest: z.looseObject({
      steps: z.array(
        z.looseObject({
          name: z.string().optional(),
          run: z.string().optional(),
          env: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  }),
});

const write = async ({ isClone = true } = {}) => {
  const cwd = await mkdtemp(join(tmpdir(), 'actions-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  if (isClone) {
    await writeFile(join(cwd, 'paperboy.mjs'), '');
    await writeFile(join(cwd, 'package.json'), '{"name":"paperboy"}');
  }
  const printed: string[] = [];
  const parts = {
    ...{ cwd, now, print: (text: string) => void printed.push(text) },
    readConfig: () => loadConfig({ env: {}, cwd, platforms, createRubric }),
  };
  const file = join(cwd, '.github', 'workflows', 'paperboy.yml');
  const init = (flags: { cron?: string; package?: string; force?: boolean } = {}) =>
    initActions({ force: false, ...flags }, parts);
  const read = async () => workflow.parse(parse(await readFile(file, 'utf8')));
  return { init, read, file, printed };
};

describe('the time of a workflow', () => {
  it.each([
    ['0 9 * * 1-5', 'Europe/Berlin', '17 7 * * 1,2,3,4,5'],
    ['30 9 * * 1-5', 'Europe/Berlin', '37 7 * * 1,2,3,4,5'],
    ['42 9 * * *', 'UTC', '42 9 * * 0,1,2,3,4,5,6'],
    // Monday morning in Tokyo is Sunday in UTC.
    ['0 8 * * 1', 'Asia/Tokyo', '17 23 * * 0'],
    ['0 9,17 * * 1', 'UTC', '17 9 * * 1'],
  ])('%s in %s is %s in UTC', (schedule, timezone, cron) => {
    expect(cronInUtc({ schedule, timezone }, now)).toBe(cron);
  });
});

describe('init actions', () => {
  it('writes a workflow that runs a clone, one run at a time', async () => {
    const { init, read, printed } = await write();
    await init();
    const { on, concurrency, jobs } = await read();
    expect(on.schedule[0].cron).toMatch(/^17 \d+ \* \* 1,2,3,4,5$/);
    expect(concurrency).toEqual({ group: 'paperboy', 'cancel-in-progress': false });
    const scripts = jobs.digest.steps.map(({ run = '' }) => run).join('\n');
    expect(scripts).toContain('npm ci --omit=dev');
    expect(scripts).toContain('node paperboy.mjs run --unless-posted');
    expect(scripts).not.toMatch(/\{[a-z]+\}/);
    expect(printed.join('\n')).toContain('Use a private repository.');
  });

  it('gives the tokens to no step that installs packages or runs others’ actions', async () => {
    const { init, read } = await write();
    await init();
    const { steps } = (await read()).jobs.digest;
    const withSecrets = steps
      .filter(({ env }) => JSON.stringify(env ?? {}).includes('secrets.'))
      .map(({ name }) => name);
    expect(withSecrets).toEqual(['Decrypt the state', 'Post', 'Encrypt the state']);
  });

  it('installs the tarball that is named, at the time that is named', async () => {
    const { init, read } = await write({ isClone: false });
    await expect(init()).rejects.toThrow('This folder is no clone of Paperboy. Name its tarball with --package');
    await expect(init({ package: 'x; rm y' })).rejects.toThrow('is no path or address of a tarball');
    await init({ package: 'https://example.org/paperboy-0.1.0.tgz', cron: '5 4 * * 1' });
    const { on, jobs } = await read();
    expect(on.schedule[0].cron).toBe('5 4 * * 1');
    const scripts = jobs.digest.steps.map(({ run = '' }) => run).join('\n');
    expect(scripts).toContain('npm install --global --no-audit --no-fund https://example.org/paperboy-0.1.0.tgz');
    expect(scripts).toContain('paperboy run --unless-posted');
  });

  it('replaces a changed workflow only with --force', async () => {
    const { init, file } = await write();
    await init();
    await init();
    const written = await readFile(file, 'utf8');
    await writeFile(file, 'name: Mine\n');
    await expect(init()).rejects.toThrow('is there already and differs. Use --force to replace it.');
    expect(await readFile(file, 'utf8')).toBe('name: Mine\n');
    await init({ force: true });
    expect(await readFile(file, 'utf8')).toBe(written);
  });
});
