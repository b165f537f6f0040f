import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { FakeArxiv } from '../fakes/arxiv.ts';
import type { LocalSlack } from '../fakes/local-slack.ts';
import { patienceMs } from '../fakes/patience.ts';

const launcher = join(import.meta.dirname, '..', '..', 'paperboy.mjs');

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

/** The command line as a process of its own. */
export type Running = {
  /** Both streams so far, in the order of arrival. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Closes its stdout, as `head` does once it has enough. */
  leave(): void;
  ended: Promise<Ended>;
};

/** A folder to run in, with a config, a database and none of this machine's settings. */
export type Home = {
  folder: string;
  /** @param within A program that starts the command line, with its own arguments. */
  start(args: readonly string[], env?: Record<string, string>, within?: readonly string[]): Running;
  run(args: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** Kills what still runs and removes the folder. */
  close(): Promise<void>;
};

const topics = `# Gears

## Gear trains

- Relevant: gears, worm drives, planetary gear trains.
- Irrelevant: bearings alone.
`;

/**
 * @param setup `config` is the config file's text, undefined for the built-in example; `files` are further texts by name;
 * `launcher` is the program, by default that of this clone.
 */
export const createHome = async (setup: {
  config?: string;
  files?: Record<string, string>;
  env?: Record<string, string>;
  launcher?: string;
}): Promise<Home> => {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-'));
  for (const [name, text] of Object.entries({ 'topics.md': topics, ...setup.files }))
    await writeFile(join(folder, name), text);
  if (setup.config !== undefined) await writeFile(join(folder, 'paperboy.yaml'), setup.config);
  const running = new Set<Running>();

  const start: Home['start'] = (args, env = {}, within = []) => {
    const [program = process.execPath, ...words] = [...within, process.execPath, setup.launcher ?? launcher, ...args];
    const child = spawn(program, words, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: within.length > 0,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        DATABASE_URL: 'file:./paperboy.db',
        PAPERBOY_HTTP: 'off',
        ...(setup.config === undefined ? {} : { PAPERBOY_CONFIG: 'paperboy.yaml' }),
        ...setup.env,
        ...env,
      },
    });
    let [stdout, stderr, both] = ['', '', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      both += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      both += text;
    });
    const one: Running = {
      output: () => both,
      kill: (signal) => {
        if (within.length > 0 && child.pid !== undefined) process.kill(-child.pid, signal);
        else child.kill(signal);
      },
      leave: () => void child.stdout.destroy(),
      ended: once(child, 'close').then(([code, signal]) => {
        running.delete(one);
        return { code, signal, stdout, stderr };
      }),
    };
    running.add(one);
    return one;
  };

  return {
    folder,
    start,
    run: (args, env) => start(args, env).ended,
    async close() {
      for (const one of running) {
        one.kill('SIGKILL');
        await one.ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** A config with one channel, `gears`, that reads cs.LG and cs.AI. */
export const configOf = (more: { post: string[]; scorer?: string; top?: number }): string => `
scorer: { model: gpt-4o-mini, ${more.scorer ?? 'batchSize: 4, concurrency: 2'} }
channels:
  - name: gears
    post: [${more.post.join(', ')}]
    categories: [cs.LG, cs.AI]
    topics: topics.md
    cutoffs: { relevance: 7, novelty: 6 }
    top: ${more.top ?? 50}
`;

/** A config of several channels by name, each with its YAML lines; `topics` defaults to `topics.md`. */
export const channelsOf = (channels: Record<string, string[]>): string => {
  const shown = Object.entries(channels).map(([name, lines]) => {
    const topics = lines.some((line) => line.startsWith('topics:')) ? [] : ['topics: topics.md'];
    return [`  - name: ${name}`, ...['categories: [cs.LG, cs.AI]', ...topics, ...lines].map((line) => `    ${line}`)];
  });
  return ['scorer: { model: gpt-4o-mini, batchSize: 4, concurrency: 2 }', 'channels:', ...shown.flat(), ''].join('\n');
};

export const toArxiv = (arxiv: Pick<FakeArxiv, 'url'>): Record<string, string> => ({
  ARXIV_RSS_URL: arxiv.url,
  ARXIV_WEB_URL: arxiv.url,
  PAPERBOY_NOW: '2025-07-08T13:00:00Z',
});

export const toSlack = (slack: LocalSlack, apiUrl = slack.apiUrl): Record<string, string> => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: apiUrl,
});

/** An address without a listener. */
export const closedAddress = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
};

/** What `run --json` prints per channel: the names and types that scripts rely on. */
const reportSchema = z.strictObject({
  date: z.iso.date().nullable(),
  channel: z.string(),
  status: z.enum(['posted', 'nothing-new', 'no-announcement', 'incomplete']),
  announced: z.int().nullable(),
  scanned: z.int().nullable(),
  relevant: z.int().nullable(),
  posted: z.int(),
  engine: z.string().nullable(),
  model: z.string().nullable(),
  promptTokens: z.int().nullable(),
  cachedTokens: z.int().nullable(),
  completionTokens: z.int().nullable(),
  costUsd: z.number().nullable(),
  unscored: z.int().nullable(),
  skipped: z.int().nullable(),
  muted: z.int().nullable(),
  reasons: z.array(z.string()),
});

type Report = z.infer<typeof reportSchema>;

/** Reads the lines of `run --json`, one per channel. */
export const reportsOf = ({ stdout }: Ended): Report[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => reportSchema.parse(JSON.parse(line)));

/** Reads the only line of `run --json`. */
export const reportOf = (ended: Ended): Report => {
  const [report, ...others] = reportsOf(ended);
  if (!report || others.length > 0) throw new Error(`expected one line, got: ${ended.stdout}`);
  return report;
};

/** Waits for output that matches. @throws Error with the whole output if the process ends first or takes too long. */
export const waitForOutput = async (running: Running, pattern: RegExp): Promise<RegExpExecArray> => {
  const deadline = Date.now() + patienceMs;
  let ended = false;
  void running.ended.then(() => {
    ended = true;
  });
  for (;;) {
    const found = pattern.exec(running.output());
    if (found) return found;
    if (ended || Date.now() > deadline) throw new Error(`${pattern} does not match:\n${running.output()}`);
    await delay(20);
  }
};

/** Ends a bot as a service manager does. */
export const stop = (running: Running): Promise<Ended> => {
  running.kill('SIGTERM');
  return running.ended;
};
