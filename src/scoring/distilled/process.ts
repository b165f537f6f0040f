import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PlanPrefilter, PrefilterOutcome } from '../../core/prefilter.ts';

const planner = fileURLToPath(new URL('./planner.ts', import.meta.url));

/**
 * Plans in a process of its own, which ends with the plan or when the signal is aborted. Learning takes two seconds of a
 * processor and some 200 MB: nobody who asks for something waits for it, and no bot keeps it, as it would keep that of a thread.
 */
export const planInProcess: PlanPrefilter = (task, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = fork(planner, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-2_000);
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
      // Without effect once it has answered.
      reject(new Error(`the prefilter's process ended with ${code ?? killedBy}: ${said}`));
    });
    child.send(task);
  });
