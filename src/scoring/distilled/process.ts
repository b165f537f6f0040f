import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RankDay } from '../../core/screening.ts';

const program = fileURLToPath(new URL('./rank-day.ts', import.meta.url));

/**
 * Ranks in a separate process, because learning takes up to two seconds of CPU time and about 200 MB. In the bot's
 * process, it would block the event loop; a worker thread would not free the memory.
 */
export const rankInProcess: RankDay = (task, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-2_000);
    });
    const abort = (): void => {
      reject(signal.reason);
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', abort, { once: true });
    child.once('message', (order) => resolve(order as string[]));
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', abort);
      // No effect after an answer.
      reject(new Error(`the prefilter's process exited with ${code ?? killedBy}: ${output}`));
    });
    child.send(task);
  });
