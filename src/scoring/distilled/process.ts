import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PlanPrefilter, PrefilterOutcome } from '../../core/score.ts';

const planner = fileURLToPath(new URL('./planner.ts', import.meta.url));

/**
 * Plans in a separate process, because learning takes two seconds of CPU time and about 200 MB. In the bot's process,
 * it would block the event loop; a worker thread would not free the memory.
 */
export const planInProcess: PlanPrefilter = (task, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = fork(planner, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-2_000);
    });
    const abort = (): void => {
      reject(signal.reason);
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', abort, { once: true });
    child.once('message', (outcome) => resolve(outcome as PrefilterOutcome));
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', abort);
      // No effect after an answer.
      reject(new Error(`the prefilter's process exited with ${code ?? killedBy}: ${output}`));
    });
    child.send(task);
  });
