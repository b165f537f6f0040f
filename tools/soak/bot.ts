import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfig } from '../../config/load.ts';
import { type App, createApp } from '../../src/app.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { start } from '../../src/cli/start.ts';
import { errorText } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import type { PlatformDescriptor } from '../../src/core/platform.ts';
import { createRubric } from '../../src/scoring/rubric.ts';
import type { VirtualClock } from '../../tests/fakes/virtual-clock.ts';
import type { Team } from './teams.ts';

export type Bot = {
  team: Team;
  databaseFile: string;
  /** @throws Error if the bot is off. */
  app(): App;
  /** Of the web page, without a slash at the end. */
  url(): string;
  /** True while a channel runs. */
  isBusy(): boolean;
  start(): Promise<void>;
  /** Ends it as a service manager does. */
  stop(): Promise<void>;
  /** Ends all work as soon as a run has scored papers. Until `stop` and `start`, the bot does nothing. */
  stopAtScoring(): void;
  isStopped(): boolean;
};

export type BotParts = {
  folder: string;
  clock: VirtualClock;
  board: PlatformDescriptor;
  arxivUrl: string;
  openaiUrl: string;
  onError(text: string): void;
};

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

/** One team's bot, in this process, with a web page on loopback. */
export const createBot = async (team: Team, parts: BotParts): Promise<Bot> => {
  const { clock, board, arxivUrl, openaiUrl, onError } = parts;
  const folder = join(parts.folder, team.name);
  const databaseFile = join(folder, 'paperboy.db');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(team.files)) await writeFile(join(folder, name), text);
  const scorer = team.hasModel
    ? { engine: 'openai', model: 'soak', dailyBudgetUsd: 100, prefilter: 'off' }
    : { engine: 'local' };
  // JSON is YAML too.
  await writeFile(join(folder, 'paperboy.yaml'), JSON.stringify({ scorer, channels: team.channels }));
  const env = {
    ...{ PAPERBOY_CONFIG: 'paperboy.yaml', DATABASE_URL: `file:${databaseFile}`, PAPERBOY_HTTP: '127.0.0.1:0' },
    ...{ ARXIV_RSS_URL: arxivUrl, ARXIV_WEB_URL: arxivUrl, ARXIV_API_URL: arxivUrl, BOARD_TOKEN: 'board' },
    ...(team.hasModel && { OPENAI_BASE_URL: openaiUrl, OPENAI_API_KEY: 'sk-soak' }),
  };

  let running: { app: App; stop: AbortController; ended: Promise<void> } | undefined;
  let url = '';
  let isArmed = false;
  const logger: Logger = {
    debug: () => {},
    info(fields, message) {
      if (message === 'serving the web page') url = (fields as { url: string }).url.replace(/\/$/, '');
    },
    warn: () => {},
    error(fields, message) {
      const { err, ...others } = fields as { err?: unknown };
      const reason = err === undefined ? '' : err instanceof Error ? err.stack : errorText(err);
      onError(`${team.name}: ${message} ${JSON.stringify(others)} ${reason}`);
    },
  };

  const current = () => {
    if (!running) throw new Error(`the bot ${team.name} is off`);
    return running;
  };

  return {
    ...{ team, databaseFile },
    app: () => current().app,
    url: () => url,
    isBusy: () => {
      const { app } = running ?? {};
      return app?.channels.list().some(({ name }) => app.activity.of(name).phase !== 'idle') ?? false;
    },
    async start() {
      const config = await loadConfig({ env, cwd: folder, createRubric, platforms: [...platforms, board] });
      const stop = new AbortController();
      isArmed = false;
      const app = await createApp(config, {
        ...{ clock, logger, version: 'soak', platforms: [...platforms, board], output: nowhere, progress: nowhere },
        ...{ listens: true, signal: stop.signal },
        onProgress() {
          if (isArmed) stop.abort(new Error('stopped while scoring'));
        },
      });
      const ended = start(app, { now: false }, stop.signal);
      ended.catch((error: unknown) => onError(`${team.name}: the bot ended: ${errorText(error)}`));
      running = { app, stop, ended };
    },
    async stop() {
      const { app, stop, ended } = current();
      stop.abort(new Error('stopped'));
      await ended.catch(() => {});
      await app.close();
      running = undefined;
    },
    stopAtScoring() {
      isArmed = true;
    },
    isStopped: () => running?.stop.signal.aborted ?? false,
  };
};
