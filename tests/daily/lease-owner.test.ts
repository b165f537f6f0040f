import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createOwner, forgetOwner, readOwner, stateOf } from '../../src/daily/lease-owner.ts';

const ids: string[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const id of ids.splice(0)) forgetOwner(id);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const ownOwner = (id: string, from?: Parameters<typeof createOwner>[1]): string => {
  ids.push(id);
  return createOwner(id, from);
};

const changed = (owner: string, more: object): string => JSON.stringify({ ...readOwner(owner), ...more });

/** A folder as `/proc`, with this process at that start and in that container. */
const procFolder = (more: { boot?: string; pids?: string; processes?: Record<number, string> } = {}) => {
  const proc = mkdtempSync(join(tmpdir(), 'paperboy-proc-'));
  folders.push(proc);
  mkdirSync(join(proc, 'sys/kernel/random'), { recursive: true });
  mkdirSync(join(proc, 'self/ns'), { recursive: true });
  writeFileSync(join(proc, 'sys/kernel/random/boot_id'), `${more.boot ?? 'boot-1'}\n`);
  symlinkSync(more.pids ?? 'pid:[1]', join(proc, 'self/ns/pid'));
  for (const [pid, stat] of Object.entries({ [process.pid]: statOf('S', 500), ...more.processes })) {
    mkdirSync(join(proc, pid));
    writeFileSync(join(proc, pid, 'stat'), stat);
  }
  return { proc };
};

/** A process whose name looks like fields. */
const statOf = (state: string, began: number): string =>
  `7 (a) S 1 (b)) ${state} 1 7 7 0 -1 4194304 127 0 0 0 0 0 0 0 20 0 1 0 ${began} 3133440 382 18446744073709551615`;

/** More than the highest process id of Linux. */
const nobody = 2 ** 22 + 1;

describe('the process that holds a lease', () => {
  it('is alive while this process holds it, and dead afterwards', () => {
    const owner = ownOwner('a');
    expect(stateOf(owner)).toBe('alive');
    forgetOwner('a');
    expect(stateOf(owner)).toBe('dead');
  });

  it.skipIf(process.platform !== 'linux')('is alive until its process ends, also while that is paused', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const began = JSON.parse(createOwnerOf(pid)).began;
    const owner = changed(ownOwner('a'), { pid, began, id: 'child' });
    expect(stateOf(owner)).toBe('alive');
    child.kill('SIGSTOP');
    expect(stateOf(owner)).toBe('alive');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(stateOf(owner)).toBe('dead');
  });

  it('is dead if its number belongs to a process that began later', () => {
    const from = procFolder({ processes: { 7: statOf('S', 900) } });
    const owner = ownOwner('a', from);
    expect(stateOf(changed(owner, { pid: 7, began: '900' }), from)).toBe('alive');
    expect(stateOf(changed(owner, { pid: 7, began: '800' }), from)).toBe('dead');
    expect(stateOf(changed(owner, { began: '400' }), from)).toBe('dead');
  });

  it('is dead if it has ended and only its parent has not noticed', () => {
    const from = procFolder({ processes: { 7: statOf('Z', 900) } });
    expect(stateOf(changed(ownOwner('a', from), { pid: 7, began: '900' }), from)).toBe('dead');
  });

  it('is unknown in another container or after another boot, also with the same host name and number', () => {
    const from = procFolder();
    const owner = ownOwner('a', from);
    for (const more of [{ pids: 'pid:[2]' }, { boot: 'boot-2' }]) {
      const elsewhere = ownOwner('b', procFolder(more));
      expect(stateOf(elsewhere, from)).toBe('unknown');
      expect(stateOf(changed(elsewhere, { pid: nobody }), from)).toBe('unknown');
    }
    expect(stateOf(owner, from)).toBe('alive');
  });

  it('is unknown if it cannot be read', () => {
    for (const owner of ['', '{}', '"a"', 'null', '{"machine":"m","pid":1,"id":"a"}'])
      expect(stateOf(owner)).toBe('unknown');
  });

  it('is judged by its number on a machine without boot ids, unless a clock or the host differs', () => {
    const proc = mkdtempSync(join(tmpdir(), 'paperboy-proc-'));
    folders.push(proc);
    const from = { proc };
    const owner = ownOwner('a', from);
    const { boot } = readOwner(owner) ?? {};
    expect(typeof boot).toBe('number');
    expect(stateOf(owner, from)).toBe('alive');
    expect(stateOf(changed(owner, { pid: nobody }), from)).toBe('dead');
    expect(stateOf(changed(owner, { pid: process.ppid }), from)).toBe('unknown');
    for (const more of [{ boot: Number(boot) + 3_600 }, { host: 'another' }])
      expect(stateOf(changed(owner, { pid: nobody, ...more }), from)).toBe('unknown');
  });
});

/** The owner that a process would write, from the system's own description of it. */
const createOwnerOf = (pid: number): string => {
  const from = procFolder();
  rmSync(join(from.proc, String(process.pid)), { recursive: true });
  mkdirSync(join(from.proc, String(process.pid)));
  writeFileSync(join(from.proc, String(process.pid), 'stat'), readFileSync(`/proc/${pid}/stat`));
  return ownOwner('other', from);
};
