import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { platforms } from '../../src/chat/platforms.ts';
import type { InitFlags } from '../../src/cli/init/session.ts';
import { runInit } from '../../src/cli/init/wizard.ts';
import { quietLogger } from '../fakes/logger.ts';
import { eventually } from '../fakes/patience.ts';

export const keys = { enter: '\r', down: '\u001b[B', up: '\u001b[A', cancel: '\u0003', erase: '\u007f' };

/** Runs the questions of `init` in a folder, with a person at the keyboard. */
export const startInit = (folder: string, env: Record<string, string>, flags: Partial<InitFlags> = {}) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const stop = new AbortController();
  const runs: { channel: string; dryRun: boolean }[] = [];
  let [shown, seen] = ['', 0];
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const ended = runInit(
    { yes: false, ...flags },
    {
      ...{ env, cwd: folder, version: '0', platforms, logger: quietLogger, signal: stop.signal, input, output },
      canAsk: true,
      run: async (options) => void runs.push(options),
    },
  );
  // Awaited by the test.
  ended.catch(() => {});
  const text = (): string => stripVTControlCharacters(shown);
  return {
    ended,
    runs,
    text,
    stop: () => stop.abort(),
    /** Waits for a question that was not answered yet, then presses keys. @throws Error with what is shown instead */
    async answer(question: RegExp, ...pressed: string[]): Promise<void> {
      const found = await Promise.race([
        eventually(() => {
          const rest = text().slice(seen);
          const match = question.exec(rest);
          return match ? seen + match.index + match[0].length : undefined;
        }),
        ended.then(() => undefined),
      ]);
      if (found === undefined) throw new Error(`${question} is not asked:\n${text().slice(seen)}`);
      seen = pressed.length > 0 ? text().length : found;
      for (const key of pressed) {
        input.write(key);
        // The terminal reads one key at a time.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
};
