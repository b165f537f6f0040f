import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PlannedFile, writeFiles } from '../../src/setup/write-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-write-'));
});
afterEach(async () => {
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true });
});

const planned = (shown: string, before: string | undefined, after: string): PlannedFile => ({
  ...{ path: join(folder, shown), shown, before, after, isSecret: shown === '.env' },
});
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** Writes as an ordinary user, whom permissions stop. @returns what it threw, or "" */
const writeAsUser = (files: readonly PlannedFile[]): string => {
  const url = pathToFileURL(join(import.meta.dirname, '..', '..', 'src', 'setup', 'write-files.ts')).href;
  const script = `import { writeFiles } from ${JSON.stringify(url)};
    await writeFiles(${JSON.stringify(files)}).catch((error) => process.stdout.write(error.name + ': ' + error.message));`;
  const isRoot = process.getuid?.() === 0;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    ...(isRoot && { uid: nobody, gid: nobody }),
  });
  expect(stderr.toString()).toBe('');
  return stdout.toString();
};
const nobody = 65_534;
const give = async (...names: string[]): Promise<void> => {
  if (process.getuid?.() === 0) for (const name of names) await chown(join(folder, name), nobody, nobody);
};

it('replaces files as a whole, and lets only the owner read secrets', async () => {
  await writeFile(join(folder, '.env'), 'A=1\n', { mode: 0o644 });
  await writeFiles([planned('.env', 'A=1\n', 'A=2\n'), planned('config/paperboy.yaml', undefined, 'channels: []\n')]);
  expect([await read('.env'), await read('config/paperboy.yaml')]).toEqual(['A=2\n', 'channels: []\n']);
  expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['.env', 'config']);
});

it('writes a file in place if its folder takes no new ones, as in a service', async () => {
  await writeFile(join(folder, '.env'), 'LONG=before\n', { mode: 0o600 });
  await mkdir(join(folder, 'config'));
  await give('.env', 'config');
  await chmod(folder, 0o555);
  expect(writeAsUser([planned('config/a.md', undefined, 'a\n'), planned('.env', 'LONG=before\n', 'A=2\n')])).toBe('');
  expect([await read('.env'), await read('config/a.md')]).toEqual(['A=2\n', 'a\n']);
});

it('writes nothing if one file cannot be written, and says what to do', async () => {
  await mkdir(join(folder, 'config'));
  await writeFile(join(folder, 'config', 'a.md'), 'before\n');
  await give('config', 'config/a.md');
  await chmod(folder, 0o555);
  const fault = writeAsUser([planned('config/a.md', 'before\n', 'after\n'), planned('.env', undefined, 'A=2\n')]);
  expect(fault).toBe(
    'UserError: .env cannot be written (EACCES), so nothing was saved. Let the user that runs Paperboy write there, or run "npm run -s paperboy -- init" as the owner of its folder and restart it.',
  );
  expect(await read('config/a.md')).toBe('before\n');
  expect(await readdir(join(folder, 'config'))).toEqual(['a.md']);
});

it('takes back what it wrote if a later file fails', async () => {
  await mkdir(join(folder, 'taken'));
  await writeFile(join(folder, 'a.md'), 'before\n');
  const files = [planned('a.md', 'before\n', 'after\n'), planned('b.md', undefined, 'b\n')];
  await expect(writeFiles([...files, planned('taken', undefined, 'c\n')])).rejects.toThrow(
    /^taken cannot be written \(E\w+\), so nothing was saved\./,
  );
  expect(await read('a.md')).toBe('before\n');
  expect(await readdir(folder)).toEqual(['a.md', 'taken']);
});
