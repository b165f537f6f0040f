import { join } from 'node:path';
import { createHome, type Running, stop, waitForOutput } from '../../tests/end-to-end/harness.ts';
import { type ProcessUsage, readUsage, usageHook } from './process-usage.ts';

type BotOptions = {
  config: object;
  files?: Record<string, string>;
  args: readonly string[];
  env: Record<string, string>;
};

export type Bot = {
  /** Of the web page, with a slash at the end. */
  url: string;
  folder: string;
  /** The log so far. */
  output: Running['output'];
  /** Ends the bot as a service manager does. */
  stop(): Promise<ProcessUsage>;
  close(): Promise<void>;
};

/** Starts the bot as a process of its own, with its web page on a free port. */
export const startBot = async ({ config, files = {}, args, env }: BotOptions): Promise<Bot> => {
  // JSON is YAML too.
  const home = await createHome({ config: JSON.stringify(config), files });
  const usageFile = join(home.folder, 'usage.json');
  const running = home.start(args, {
    ...{ PAPERBOY_HTTP: '127.0.0.1:0', NODE_OPTIONS: `--import ${usageHook}`, BENCH_USAGE_FILE: usageFile },
    ...env,
  });
  const [, url = ''] = await waitForOutput(running, /"url":"([^"]+)","msg":"serving the web page"/);
  return {
    url,
    folder: home.folder,
    output: running.output,
    async stop() {
      const { code, stderr } = await stop(running);
      if (code !== 0) throw new Error(`the bot ended with ${code}:\n${stderr.slice(-2_000)}`);
      return readUsage(usageFile);
    },
    close: home.close,
  };
};
