import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, toArxiv } from '../../end-to-end/harness.ts';
import { type FakeArxiv, startFakeArxiv } from '../../fakes/arxiv.ts';
import { findProgram, hasProgram, imagePrograms } from '../../fakes/programs.ts';
import { gearsPaper } from './tarball.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const user = 1000;

const canBuild = process.getuid?.() === 0 && imagePrograms.every(hasProgram);
let folder: string;
let arxiv: FakeArxiv;
let container: string;

/** Without a namespace of its own, so that it works inside of a container. */
const buildah = (args: readonly string[]): string =>
  execFileSync('buildah', ['--root', join(folder, 'images'), '--runroot', join(folder, 'run'), ...args], {
    env: { PATH: process.env.PATH, HOME: folder, BUILDAH_ISOLATION: 'chroot' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();

/** A small Debian with npm, and with the Node that npm installs here. */
const makeBase = (): void => {
  const base = join(folder, 'base');
  execFileSync('debootstrap', ['--variant=minbase', 'bookworm', base], { stdio: 'ignore' });
  const [bin, modules] = [join(base, 'usr/local/bin'), join(base, 'usr/local/lib/node_modules')];
  mkdirSync(modules, { recursive: true });
  copyFileSync(process.execPath, join(bin, 'node'));
  const npm = realpathSync(findProgram(['npm'], process.env.PATH ?? '') ?? '');
  cpSync(join(dirname(npm), '..'), join(modules, 'npm'), { recursive: true, verbatimSymlinks: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(bin, 'npm'));
  // The registry may be behind a proxy with a certificate of its own.
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (certificates) copyFileSync(certificates, join(base, 'etc/build-certificates.crt'));
  const trust = certificates ? 'ENV NODE_EXTRA_CA_CERTS=/etc/build-certificates.crt\n' : '';
  writeFileSync(join(folder, 'Dockerfile'), `FROM scratch\nCOPY . /\n${trust}`);
  buildah(['bud', '--quiet', '--file', join(folder, 'Dockerfile'), '--tag', 'localhost/base', base]);
  rmSync(base, { recursive: true });
};

/** New folders for the settings and the data, as they are mounted. */
const mounts = (name: string): { config: string; data: string } => {
  const made = { config: join(folder, name, 'config'), data: join(folder, name, 'data') };
  for (const path of Object.values(made)) mkdirSync(path, { recursive: true });
  writeFileSync(join(made.config, 'topics.md'), '# Gears\n\n- Relevant: gears, worm drives.\n');
  writeFileSync(join(made.config, 'paperboy.yaml'), configOf({ post: ['console'] }));
  chownSync(made.data, user, user);
  return made;
};

/** Not synchronous, because arXiv is in this process. */
const runDay = async ({ config, data }: { config: string; data: string }) => {
  const variables = Object.entries(toArxiv(arxiv)).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const volumes = ['--volume', `${config}:/config:ro`, '--volume', `${data}:/data`];
  const child = spawn(
    'buildah',
    [
      ...['--root', join(folder, 'images'), '--runroot', join(folder, 'run'), 'run', '--isolation', 'chroot'],
      ...[...variables, ...volumes, container, '--', 'paperboy', 'run', '--json'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, HOME: folder } },
  );
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout: output, stderr: errors, status: status as number | null };
};

describe.skipIf(!canBuild)('the image', { tags: ['registry'] }, () => {
  afterAll(async () => {
    await arxiv?.close();
    if (container) buildah(['rm', container]);
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  // The first test, because a hook may not take as long.
  it('is built on a small Debian', async () => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
    chmodSync(folder, 0o755);
    makeBase();
    buildah([
      'bud',
      '--quiet',
      '--format',
      'docker',
      '--build-arg',
      'BASE=localhost/base',
      '--tag',
      'localhost/paperboy',
      root,
    ]);
    container = buildah(['from', 'localhost/paperboy']);
    arxiv = await startFakeArxiv({ days: { '2025-07-08': [gearsPaper] } });
    expect(buildah(['images'])).toContain('localhost/paperboy');
  });

  it('has a check of its health, and does not run as root', () => {
    const image = JSON.parse(buildah(['inspect', '--type', 'image', 'localhost/paperboy'])) as {
      Docker: { config: { User: string; Healthcheck: { Test: string[] }; Cmd: string[] } };
    };
    const { User, Healthcheck, Cmd } = image.Docker.config;
    expect(User).toBe(`${user}:${user}`);
    expect(Healthcheck.Test.join(' ')).toContain('/healthz');
    expect(Cmd).toEqual(['node', '/app/dist/paperboy.mjs', 'start']);
  });

  it('runs a day with mounted settings and data, and writes nothing else but temporary files', async () => {
    const before = join(folder, 'before');
    writeFileSync(before, '');
    const mounted = mounts('right');
    const { stdout, stderr, status } = await runDay(mounted);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('"status":"posted"');
    const files = buildah(['mount', container]);
    const written = execFileSync(
      'find',
      [
        files,
        '-xdev',
        '-newer',
        before,
        '-type',
        'f',
        '-not',
        '-path',
        `${files}/tmp/*`,
        '-not',
        '-path',
        `${files}/etc/*`,
      ],
      { encoding: 'utf8' },
    );
    buildah(['umount', container]);
    expect(written).toBe('');
  });

  it('says which right is missing', async () => {
    const unwritable = mounts('unwritable');
    chownSync(unwritable.data, 0, 0);
    expect((await runDay(unwritable)).stderr).toContain(`because user ${user} may not write to /data.`);
    const unreadable = mounts('unreadable');
    chmodSync(join(unreadable.config, 'paperboy.yaml'), 0o600);
    expect((await runDay(unreadable)).stderr).toContain(
      `/config/paperboy.yaml may not be read by user ${user}; give it that right with chmod or chown`,
    );
  });
});
