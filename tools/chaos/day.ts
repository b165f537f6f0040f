import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backUp, fileOf, restore } from '../../tests/end-to-end/backups.ts';
import { type ChatName, chats, type Open } from '../../tests/end-to-end/chats.ts';
import { date, day, picked, verdictOf } from '../../tests/end-to-end/day.ts';
import { configOf, createHome, type Ended, type Running, reportOf, toArxiv } from '../../tests/end-to-end/harness.ts';
import { startModel } from '../../tests/end-to-end/model.ts';
import type { Gate } from '../../tests/end-to-end/slack-gate.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { type Day, type Fault, planDay } from './faults.ts';

export type Outcome = {
  seed: number;
  day: Day;
  /** Papers that are not there, papers and headers that are there more than once. */
  lost: number;
  twice: number;
  /** Runs that failed, or left something undone, without saying so. */
  silent: number;
  /** Messages that were there twice for a moment and were removed. */
  removed: number;
};

const clockStepper = new URL('./step-clock.ts', import.meta.url).href;

const shiftedBy = ({ afterMs, byMs }: { afterMs: number; byMs: number }): Record<string, string> => ({
  NODE_OPTIONS: `--import=${clockStepper}`,
  CHAOS_CLOCK: `${afterMs},${byMs}`,
});

/** Starts a program with process ids of its own: https://man7.org/linux/man-pages/man1/unshare.1.html */
export const container = ['unshare', '-Urpf', '--mount-proc', '--kill-child'] as const;

/** Attempts until everything must be posted. A run may end early because another was killed or its lease was taken. */
const maxCalmRuns = 3;

const isSilent = ({ code, signal, stderr }: Ended): boolean => code !== 0 && signal === null && stderr.trim() === '';

/** A run that takes longer than this hangs. */
const maxRunMs = 240_000;

/** @throws Error with its output if it hangs. */
const endOf = async (run: Running): Promise<Ended> => {
  const done = new AbortController();
  const hangs = delay(maxRunMs, undefined, { signal: done.signal }).then(
    () => {
      throw new Error(`a run hangs:\n${run.output()}`);
    },
    () => undefined,
  );
  const ended = await Promise.race([run.ended, hangs]);
  done.abort();
  return ended ?? run.ended;
};

/** Makes one day with real processes against servers on this machine, disturbs it, lets it end, and counts. */
export const makeDay = async (seed: number, platform: ChatName, hasContainers = false): Promise<Outcome> => {
  const planned = planDay(createRandom(seed), picked.length + 1, hasContainers);
  const open: { close(): Promise<void> }[] = [];
  const opened: Open = (one) => {
    open.unshift(one);
    return one;
  };
  // Set for each step; counts the messages of the step.
  let onMessage: (nth: number, when: 'before' | 'after') => boolean | Promise<boolean> = () => true;
  const passed = { before: 0, after: 0 };
  const gate: Gate = {
    before: () => onMessage(++passed.before, 'before'),
    after: () => onMessage(++passed.after, 'after'),
    lagMs: planned.historyLagMs,
  };
  const ended: Ended[] = [];

  try {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const model = opened(await startModel(verdictOf));
    const chat = await chats[platform](opened, gate);
    const home = opened(
      await createHome({
        config: configOf({ post: [chat.destination] }),
        env: { ...toArxiv(arxiv), ...chat.env, ...model.env },
      }),
    );
    const start = (env: Record<string, string> = {}, within: readonly string[] = []): Running =>
      home.start(['run', '--json'], env, within);
    const end = async (...runs: Running[]): Promise<void> => {
      for (const run of runs) ended.push(await endOf(run));
    };

    const freeze = async ({ at, when }: Extract<Fault, { kind: 'freeze' }>): Promise<void> => {
      let victim: Running | undefined;
      const frozen = Promise.withResolvers<void>();
      const thawed = Promise.withResolvers<void>();
      onMessage = async (nth, moment) => {
        if (!victim || nth !== at || moment !== when) return true;
        const stopped = victim;
        victim = undefined;
        stopped.kill('SIGSTOP');
        frozen.resolve();
        // The message is on its way until the run goes on.
        if (when === 'before') await thawed.promise;
        return true;
      };
      const frozenRun = start({}, container);
      victim = frozenRun;
      const isFrozen = await Promise.race([frozen.promise.then(() => true), frozenRun.ended.then(() => false)]);
      if (isFrozen) {
        await end(start());
        frozenRun.kill('SIGCONT');
        thawed.resolve();
      }
      await end(frozenRun);
    };

    const disturb = async (fault: Fault): Promise<void> => {
      Object.assign(passed, { before: 0, after: 0 });
      onMessage = () => true;
      if (fault.kind === 'clocks') return end(...fault.steps.map((step) => start(shiftedBy(step))));
      if (fault.kind === 'freeze') return freeze(fault);
      let victim: Running | undefined;
      let isPaused = false;
      let isBackedUp = false;
      const { promise: pausing, resolve } = Promise.withResolvers<void>();
      onMessage = (nth, when) => {
        if (nth !== fault.at || !victim) return true;
        if (fault.kind === 'drop' && when === 'before') return false;
        if (fault.kind === 'restore' && when === 'after') {
          backUp(home, 'copy.db');
          isBackedUp = true;
        }
        const isPoint = 'when' in fault ? fault.when === when : when === 'after';
        if (isPoint && (fault.kind === 'kill' || fault.kind === 'lose-log')) victim.kill('SIGKILL');
        if (isPoint && fault.kind === 'pause' && !isPaused) {
          victim.kill('SIGSTOP');
          isPaused = true;
          resolve();
        }
        return true;
      };
      victim = start();
      await Promise.race([pausing, victim.ended]);
      if (isPaused && fault.kind === 'pause') {
        const other = start();
        await delay(fault.ms);
        victim.kill('SIGCONT');
        await end(victim, other);
      } else await end(victim);
      if (isBackedUp) await restore(home, 'copy.db');
      if (fault.kind === 'lose-log') {
        await copyFile(fileOf(home), join(home.folder, 'main.db'));
        await restore(home, 'main.db');
      }
    };

    for (const fault of planned.faults) await disturb(fault);
    onMessage = () => true;
    let isDone = false;
    for (let runs = 0; runs < maxCalmRuns && !isDone; runs += 1) {
      const last = await endOf(start());
      ended.push(last);
      isDone = last.code === 0 && ['posted', 'nothing-new'].includes(reportOf(last).status);
    }

    const threads = await chat.threads();
    const ids = threads.flat();
    const lost = picked.filter((id) => !ids.includes(id)).length;
    const twice = ids.length - new Set(ids).size + Math.max(0, threads.length - 1);
    const silent = ended.filter(isSilent).length + (isDone && lost > 0 ? 1 : 0);
    const removed = ended.map(({ stderr }) => stderr.split('message posted twice, removed').length - 1);
    return { seed, day: planned, lost, twice, silent, removed: removed.reduce((sum, count) => sum + count, 0) };
  } finally {
    for (const one of open) await one.close();
  }
};
