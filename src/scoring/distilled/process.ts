import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createPause } from '../../core/clock.ts';
import type { DayRankingTask, RankDay } from '../../core/screening.ts';
import { createSlots } from '../../core/slots.ts';
import { messagesOf, stop } from './message.ts';

const program = fileURLToPath(new URL('./rank-day.ts', import.meta.url));

/**
 * Milliseconds that a process waits for the next channel, or for the next category of this one, which arXiv sends some
 * seconds later.
 */
const idleMs = 20_000;
/** Milliseconds that it may take to stop. */
const stopMs = 1_000;

type Ranker = {
  /** Returns `stop` if the signal was aborted, and the process can rank the next day. */
  rank(task: DayRankingTask, signal: AbortSignal): Promise<string[] | typeof stop>;
  /** An idle process does not keep this one from exiting. */
  setIdle(isIdle: boolean): void;
  end(): void;
};

const startRanker = (onEnd: () => void): Ranker => {
  const child: ChildProcess = fork(program, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const errors = child.stderr as Socket | null;
  let output = '';
  errors?.setEncoding('utf8').on('data', (text: string) => {
    output = `${output}${text}`.slice(-2_000);
  });
  const sent = new Set<string>();
  let fail: ((reason: unknown) => void) | undefined;
  child.on('error', (error) => fail?.(error));
  child.once('close', (code, killedBy) => {
    fail?.(new Error(`the prefilter's process exited with ${code ?? killedBy}: ${output}`));
    onEnd();
  });
  const send = async (task: DayRankingTask, signal: AbortSignal): Promise<void> => {
    const pause = createPause(signal);
    for (const message of messagesOf(task, sent)) {
      await pause();
      if (child.connected) child.send(message);
    }
  };
  return {
    rank: (task, signal) =>
      new Promise((resolve, reject) => {
        let killing: NodeJS.Timeout | undefined;
        const abort = (): void => {
          if (child.connected) child.send(stop);
          killing = setTimeout(() => child.kill('SIGKILL'), stopMs);
        };
        const over = (): void => {
          clearTimeout(killing);
          signal.removeEventListener('abort', abort);
        };
        fail = (reason) => {
          over();
          reject(signal.aborted ? signal.reason : reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        child.once('message', (order) => {
          over();
          resolve(order as string[] | typeof stop);
        });
        send(task, signal).catch((error: unknown) => {
          // The process has half of the task.
          child.kill('SIGKILL');
          fail?.(error);
        });
      }),
    setIdle(isIdle) {
      for (const handle of [child, child.channel, errors])
        if (isIdle) handle?.unref();
        else handle?.ref();
    },
    end: () => {
      if (child.connected) child.disconnect();
    },
  };
};

/**
 * Ranks in a separate process, because learning takes up to two seconds of CPU time and about 200 MB. In the bot's
 * process, it would block the event loop; a worker thread would not free the memory. The process serves the channels that
 * rank one after another, and reads each paper only once for all of them. It ends when no more follow.
 */
export const createRankProcess = (): RankDay => {
  const inTurn = createSlots(1);
  let ranker: Ranker | undefined;
  let ending: NodeJS.Timeout | undefined;

  return (task, signal) =>
    inTurn(async () => {
      signal.throwIfAborted();
      clearTimeout(ending);
      if (!ranker) {
        const started = startRanker(() => {
          if (ranker === started) ranker = undefined;
        });
        ranker = started;
      }
      const used = ranker;
      used.setIdle(false);
      try {
        const order = await used.rank(task, signal);
        ending = setTimeout(() => {
          if (ranker !== used) return;
          ranker = undefined;
          used.end();
        }, idleMs).unref();
        if (order !== stop) return order;
      } catch (error) {
        // It has exited, been killed, or got half of a task.
        if (ranker === used) ranker = undefined;
        used.end();
        throw error;
      } finally {
        used.setIdle(true);
      }
      throw signal.reason;
    });
};
