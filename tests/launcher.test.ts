import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Makes the process report an older Node to the launcher. */
const olderNode = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } });`;

/** Replaces the program: prints its arguments and version, then does what the first argument says. */
const program = `
const [what, value] = process.argv.slice(2);
if (what === 'exit') process.exitCode = Number(value);
if (what === 'die') setTimeout(() => process.kill(process.pid, value), 50);
if (what === 'wait') {
  process.on(value as NodeJS.Signals, () => { console.log('received'); process.exit(7); });
  setInterval(() => {}, 1000);
}
console.log(JSON.stringify({ args: process.argv.slice(2), node: process.versions.node }));`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launcher-'));
  await cp(join(import.meta.dirname, '..', 'paperboy.mjs'), join(folder, 'paperboy.mjs'));
  await mkdir(join(folder, 'src', 'cli'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'src', 'cli', 'main.ts'), program);
  await writeFile(join(folder, 'older.mjs'), olderNode);
});

afterEach(() => rm(folder, { recursive: true }));

const bringNode = async () => {
  await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
  await symlink(process.execPath, join(folder, 'node_modules', '.bin', 'node'));
};

const launch = (older: boolean, args: string[]): ChildProcess =>
  spawn(
    process.execPath,
    [...(older ? ['--import', join(folder, 'older.mjs')] : []), join(folder, 'paperboy.mjs'), ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

const finish = async (child: ChildProcess) => {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
};

describe('the launcher', () => {
  it('runs the program in its own process if Node is new enough', async () => {
    const { code, stdout, stderr } = await finish(launch(false, ['exit', '3']));
    expect(JSON.parse(stdout)).toMatchObject({ args: ['exit', '3'] });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  });

  it('hands over to the installed Node with arguments and exit code', async () => {
    await bringNode();
    const { code, stdout, stderr } = await finish(launch(true, ['exit', '2', 'top 5']));
    expect(JSON.parse(stdout)).toEqual({ args: ['exit', '2', 'top 5'], node: process.versions.node });
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  });

  it("ends with the program's signal", async () => {
    await bringNode();
    const { code, signal } = await finish(launch(true, ['die', 'SIGKILL']));
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on and waits for the program to end', async (name) => {
    await bringNode();
    const child = launch(true, ['wait', name]);
    child.stdout?.once('data', () => child.kill(name));
    const { code, stdout } = await finish(child);
    expect(stdout).toContain('received');
    expect(code).toBe(7);
  });

  it('says what to do if there is no newer Node', async () => {
    const { code, stdout, stderr } = await finish(launch(true, ['start']));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Paperboy needs Node 24 or newer, and this is 20\.11\.0\. Run "npm ci" .*\n$/);
  });
});
