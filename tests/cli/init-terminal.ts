import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { platforms } from '../../src/chat/platforms.ts';
import type { InitFlags } from '../../src/cli/init/session.ts';
import { runInit } from '../../src/cli/init/wizard.ts';
import { date, day } from '../end-to-end/day.ts';
import { toArxiv } from '../end-to-end/harness.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { quietLogger } from '../fakes/logger.ts';
import { eventually } from '../fakes/patience.ts';

export const keys = { enter: '\r', down: '\u001b[B', up: '\u001b[A', cancel: '\u0003', erase: '\u007f' };

/** Runs the questions of `init` in a folder, with a person at the keyboard. */
const startInit = (folder: string, env: Record<string, string>, flags: Partial<InitFlags> = {}) => {
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
      // This machine may have one.
      modelServers: [],
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

type Person = ReturnType<typeof startInit>;

/** Gives each test a day at a fake arXiv and an empty folder to set Paperboy up in. */
export const useFolder = () => {
  const at = {} as { arxiv: FakeArxiv; folder: string };
  beforeAll(async () => {
    at.arxiv = await startFakeArxiv({ days: { [date]: day } });
  });
  afterAll(() => at.arxiv.close());
  beforeEach(async () => {
    at.folder = await mkdtemp(join(tmpdir(), 'paperboy-init-'));
  });
  afterEach(() => rm(at.folder, { recursive: true, force: true }));
  return {
    at,
    read: (name: string): Promise<string> => readFile(join(at.folder, name), 'utf8'),
    init: (more: Record<string, string> = {}, flags: Partial<InitFlags> = {}): Person =>
      startInit(at.folder, { ...toArxiv(at.arxiv), ARXIV_API_URL: at.arxiv.url, ...more }, flags),
  };
};

/** Answers everything up to the choice of the language model. */
export const answerReading = async (person: Person): Promise<void> => {
  await person.answer(/What do you want to read/, 'gear trains, not surveys', keys.enter, keys.enter);
  await person.answer(/arXiv categories/, keys.enter);
  await person.answer(/Name of this channel/, keys.enter);
  await person.answer(/Is this what you want to read/, keys.enter);
};
