import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { pg } from '../../db/postgres/driver.ts';
import { noteUncommitted, whenReachable } from '../../db/postgres/faults.ts';
import { type ChatName, chats, type Open } from '../../tests/end-to-end/chats.ts';
import { date, day, picked, verdictOf } from '../../tests/end-to-end/day.ts';
import { configOf, createHome, type Ended, type Running, toArxiv } from '../../tests/end-to-end/harness.ts';
import { startModel } from '../../tests/end-to-end/model.ts';
import type { Gate } from '../../tests/end-to-end/slack-gate.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import type { PostgresServer } from '../../tests/fakes/postgres.ts';
import { createRandom } from '../evaluation/metrics.ts';

/** What happens when the nth message since the last fault reaches the chat server. */
type ReplicaFault = { at: number; when: 'before' | 'after' } & (
  | { kind: 'kill' }
  | { kind: 'stop'; ms: number }
  | { kind: 'restart' }
  | { kind: 'cut' }
);

export type ReplicaOutcome = {
  seed: number;
  faults: readonly ReplicaFault[];
  lost: number;
  /** Papers and headers that are there more than once a minute after the last fault. */
  twice: number;
  isInOrder: boolean;
  silent: number;
  removed: number;
  /** Seconds from each kill or stop to the next message. */
  takeoverS: number[];
};

const replicas = 3;

/** Later faults would often come too late, because the digest is short. */
const maxMessages = 3;

const stopMs = { least: 12_000, most: 70_000 };

/** The same numbers give the same day. */
const planFaults = (random: () => number): ReplicaFault[] => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const kinds: readonly (() => ReplicaFault)[] = [
    () => ({ kind: 'kill', at: 1 + below(maxMessages), when: random() < 0.5 ? 'before' : 'after' }),
    () => ({
      ...{ kind: 'stop', at: 1 + below(maxMessages), when: random() < 0.5 ? 'before' : 'after' },
      ms: stopMs.least + below(stopMs.most - stopMs.least),
    }),
    () => ({ kind: 'restart', at: 1 + below(maxMessages), when: 'after' }),
    () => ({ kind: 'cut', at: 1 + below(maxMessages), when: 'after' }),
  ];
  return Array.from({ length: 1 + below(3) }, () => kinds[below(kinds.length)]?.()).filter((one) => one !== undefined);
};

/** Milliseconds until a day must be posted, and after the last fault until doubles must be removed. */
const maxDayMs = 240_000;
const maxDoubleMs = 60_000;

const ownerSchema = z.object({ pid: z.int() });

/** Again if the database is just being restarted. */
const query = <Row extends object>(url: string, statement: string): Promise<Row[]> =>
  whenReachable(async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(statement)).rows;
    } catch (error) {
      noteUncommitted(error);
      throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  });

/** The process that works on the channel. */
const holderIn = async (url: string): Promise<number | undefined> => {
  const [row] = await query<{ owner: string }>(
    url,
    "SELECT owner FROM leases WHERE name = 'channel gears' AND owner <> ''",
  );
  return row && ownerSchema.parse(JSON.parse(row.owner)).pid;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const cutConnections = (url: string): Promise<unknown> =>
  query(
    url,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );

const countsOf = (threads: readonly string[][]) => {
  const ids = threads.flat();
  const [first = []] = threads;
  return {
    lost: picked.filter((id) => !ids.includes(id)).length,
    twice: ids.length - new Set(ids).size + Math.max(0, threads.length - 1),
    isInOrder: [...new Set(first)].every((id, at) => picked[at] === id),
  };
};

/**
 * Makes one day with several bots on one Postgres database, kills and pauses the one that posts, restarts the database and
 * cuts its connections, and counts what was posted.
 */
export const makeReplicaDay = async (
  seed: number,
  platform: ChatName,
  postgres: PostgresServer,
): Promise<ReplicaOutcome> => {
  const faults = planFaults(createRandom(seed));
  const open: { close(): Promise<void> }[] = [];
  const opened: Open = (one) => {
    open.unshift(one);
    return one;
  };
  const left = [...faults];
  const working: Promise<void>[] = [];
  const takeoverS: number[] = [];
  const ended: Ended[] = [];
  let url = '';
  let passed = 0;
  let lostAt: number | undefined;
  let isOver = false;

  const stopFor = async (pid: number, ms: number): Promise<void> => {
    process.kill(pid, 'SIGSTOP');
    await delay(ms);
    // It may have been killed meanwhile.
    if (isAlive(pid)) process.kill(pid, 'SIGCONT');
  };

  /** Returns when the message may go on its way. */
  const disturb = async (fault: ReplicaFault): Promise<void> => {
    if (fault.kind === 'restart') return void working.push(postgres.restart());
    if (fault.kind === 'cut') return void (await cutConnections(url));
    const pid = await holderIn(url);
    // A process that was paused may have sent the message, after another was killed. The next message is disturbed.
    if (pid === undefined || !isAlive(pid)) return void left.unshift(fault);
    lostAt = performance.now();
    if (fault.kind === 'kill') return void process.kill(pid, 'SIGKILL');
    const stopped = stopFor(pid, fault.ms);
    working.push(stopped);
    // The message is on its way until the process goes on.
    if (fault.when === 'before') await stopped;
  };

  const onMessage = async (when: 'before' | 'after'): Promise<boolean> => {
    if (when === 'before') {
      passed += 1;
      if (lostAt !== undefined) takeoverS.push((performance.now() - lostAt) / 1000);
      lostAt = undefined;
    }
    const [next] = left;
    if (next?.when !== when || passed < next.at) return true;
    left.shift();
    passed = 0;
    await disturb(next);
    return true;
  };
  const gate: Gate = { before: () => onMessage('before'), after: () => onMessage('after'), lagMs: 0 };

  try {
    url = await postgres.createDatabase();
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const model = opened(await startModel(verdictOf));
    const chat = await chats[platform](opened, gate);
    const home = opened(
      await createHome({
        config: configOf({ post: [chat.destination] }),
        env: { ...toArxiv(arxiv), ...chat.env, ...model.env, DATABASE_URL: url },
      }),
    );
    const running = new Set<Running>();
    const start = (): void => {
      const bot = home.start(['start']);
      running.add(bot);
      void bot.ended.then((end) => {
        running.delete(bot);
        ended.push(end);
        if (!isOver) start();
      });
    };
    for (let count = 0; count < replicas; count += 1) start();

    /** Waits until the counts are as they must be, at most until a time. */
    const settle = async (isSettled: (counts: ReturnType<typeof countsOf>) => boolean, until: number) => {
      for (;;) {
        const counts = countsOf(await chat.threads());
        if ((isSettled(counts) && lostAt === undefined) || performance.now() > until) return counts;
        await delay(500);
      }
    };
    const deadline = performance.now() + maxDayMs;
    await settle(({ lost }) => lost === 0, deadline);
    await Promise.all(working);
    await settle(({ twice }) => twice === 0, performance.now() + maxDoubleMs);
    // A paused process may have had a message on its way.
    await delay(3_000);
    const counts = await settle(({ twice, lost }) => twice + lost === 0, performance.now() + maxDoubleMs);
    isOver = true;
    const bots = [...running];
    for (const bot of bots) bot.kill('SIGTERM');
    await Promise.all(bots.map((bot) => bot.ended));
    const silent = ended.filter(
      ({ code, signal, stderr }) => code !== 0 && signal === null && stderr.trim() === '',
    ).length;
    const removed = ended.reduce(
      (sum, { stderr }) => sum + stderr.split('message posted twice, removed').length - 1,
      0,
    );
    return { seed, faults, ...counts, silent, removed, takeoverS };
  } finally {
    isOver = true;
    for (const one of open) await one.close();
  }
};
