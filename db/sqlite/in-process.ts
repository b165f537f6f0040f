import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program in a process of its own, and returns the one message that it sends. For work on a large file, which takes
 * seconds and which SQLite cannot interrupt.
 * @param what What the process does, for errors: "copies the database".
 * @throws the error of the process, also if it was killed because the signal was aborted.
 */
export const answerOf = async <T>(
  program: string,
  args: readonly string[],
  what: string,
  signal?: AbortSignal,
): Promise<T> => {
  const child = fork(program, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the process that ${what} ended with ${code}`);
  });
  const [answer] = await Promise.race([once(child, 'message'), ended]);
  return answer as T;
};
