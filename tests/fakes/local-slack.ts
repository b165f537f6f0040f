import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** One team, one bot, two people, and two channels that the bot is in. */
const workspace = {
  team: 'T01LOCAL',
  bot: 'U0BOT',
  people: { alice: 'U01ALICE', bob: 'U02BOB' },
  channels: { general: 'C01GEN', papers: 'C02PAPERS' },
  botToken: 'xoxb-local-bot',
  appToken: 'xapp-local-app',
  signingSecret: 'local-signing-secret',
} as const;

const messageSchema = z.looseObject({
  ts: z.string(),
  channel: z.string().optional(),
  user: z.string().optional(),
  text: z.string().default(''),
  thread_ts: z.string().optional(),
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })).default([]),
  reactions: z.array(z.looseObject({ name: z.string(), users: z.array(z.string()) })).default([]),
  /** `ephemeral` for private messages. */
  subtype: z.string().optional(),
  ephemeral_to: z.string().optional(),
});
export type ShownMessage = z.infer<typeof messageSchema>;

const viewSchema = z.looseObject({
  title: z.looseObject({ text: z.string() }),
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })),
});
export type ShownView = z.infer<typeof viewSchema>;

/** Field values by block and action. */
type FieldValues = Record<string, Record<string, object>>;

const logSchema = z.looseObject({
  time: z.number(),
  /** `from_bot`, `to_bot` or `internal`. */
  direction: z.string(),
  kind: z.string(),
  summary: z.string(),
  detail: z.unknown().optional(),
});
type LogEntry = z.infer<typeof logSchema>;

/** A local Slack server, with the actions of a person. Ids as in `workspace`. */
export type LocalSlack = typeof workspace & {
  /** For `SLACK_API_URL`. */
  apiUrl: string;
  /** The workspace's page for a browser. */
  uiUrl: string;
  /** Types `/arxiv TEXT`; resolves once the bot acknowledged it. */
  command(text: string, at?: { channel?: string; user?: string }): Promise<void>;
  say(text: string, at?: { channel?: string; user?: string; thread?: string }): Promise<void>;
  /** Presses a button; resolves once the bot acknowledged it. */
  press(ts: string, action: object, at?: { channel?: string; user?: string }): Promise<void>;
  view(): Promise<ShownView | undefined>;
  /** Submits the open form; fields that are left out are empty. */
  submit(values: FieldValues, at?: { user?: string }): Promise<void>;
  react(ts: string, name: string, at?: { channel?: string; user?: string }): Promise<void>;
  unreact(ts: string, name: string, at?: { channel?: string; user?: string }): Promise<void>;
  /** All messages of a channel, replies and private ones included, oldest first. */
  messages(channel?: string): Promise<ShownMessage[]>;
  /** A header and its replies, oldest first. */
  thread(ts: string, channel?: string): Promise<ShownMessage[]>;
  /** The last 1,000 requests to and from the bot. */
  log(): Promise<LogEntry[]>;
  reset(): Promise<void>;
  close(): Promise<void>;
};

const binary = (): string | undefined => {
  try {
    const found = createRequire(import.meta.url).resolve('local-slack-linux-x64/package.json');
    return join(dirname(found), 'bin', 'local-slack');
  } catch {
    return undefined;
  }
};

let available: boolean | undefined;

/** Whether the server runs on this machine (Linux x64 with the optional dependency of tools/machine). Warns if not. */
export const localSlackAvailable = (): boolean => {
  if (available === undefined) {
    const path = binary();
    available = path !== undefined && spawnSync(path, ['--version']).status === 0;
    if (!available) console.warn('SKIPPED: local-slack-linux-x64 does not run here; nothing is tested against Slack.');
  }
  return available;
};

const configuration = (requestUrl: string | undefined) => ({
  workspace: { name: 'Reading Group', domain: 'reading-group', teamId: workspace.team },
  app: {
    botUserId: workspace.bot,
    botName: 'paperboy',
    botToken: workspace.botToken,
    appToken: workspace.appToken,
    signingSecret: workspace.signingSecret,
    ...(requestUrl ? { mode: 'events', requestUrl } : { mode: 'socket' }),
  },
  users: [
    { id: workspace.people.alice, name: 'alice' },
    { id: workspace.people.bob, name: 'bob' },
  ],
  channels: [
    { id: workspace.channels.general, name: 'general' },
    { id: workspace.channels.papers, name: 'papers' },
  ].map((channel) => ({ ...channel, members: [...Object.values(workspace.people), workspace.bot] })),
});

type Options = {
  /** By default a free port. */
  port?: number | undefined;
  /** The bot's address for HTTP mode; Socket Mode without it. */
  requestUrl?: string | undefined;
};

export const startLocalSlack = async (options: Options = {}): Promise<LocalSlack> => {
  const path = binary();
  if (!path) throw new Error('The optional dependency local-slack-linux-x64 is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-slack-'));
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify(configuration(options.requestUrl)));
  const args = ['--config', config, '--port', String(options.port ?? 0), '--base-host', '127.0.0.1'];
  const child = spawn(path, [...args, '--files-dir', join(folder, 'files')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill();
  process.once('exit', stop);
  const gone = once(child, 'exit');

  const uiUrl = await new Promise<string>((resolve, reject) => {
    const output: string[] = [];
    const read = (line: string) => {
      output.push(line);
      const url = /Web UI:\s+(http:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    };
    createInterface(child.stdout).on('line', read);
    createInterface(child.stderr).on('line', read);
    gone.then(() => reject(new Error(`local-slack ended: ${output.join(' ').trim()}`)), reject);
  });

  const control = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${uiUrl}/_control/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`local-slack refused ${path}: ${await response.text()}`);
    return response.json();
  };
  const { channels, people } = workspace;
  const reaction = (present: boolean): LocalSlack['react'] => {
    return async (ts, name, { channel = channels.general, user = people.alice } = {}) => {
      await control('reaction', { channel, ts, user, name, present });
    };
  };
  const messages = async (channel: string = channels.general) =>
    z.object({ messages: z.array(messageSchema) }).parse(await control(`messages/${channel}`)).messages;

  /** Sends actions that only the browser page offers over its socket. */
  const onPage = async <T>(use: (socket: WebSocket, first: unknown) => Promise<T>): Promise<T> => {
    const socket = new WebSocket(`${uiUrl.replace('http', 'ws')}/ui`);
    try {
      const [event] = await once(socket, 'message');
      return await use(socket, JSON.parse(String(event.data)));
    } finally {
      socket.close();
    }
  };
  const openView = () =>
    onPage(async (_, first) => {
      const state = z.object({ state: z.object({ modalStack: z.array(viewSchema) }) }).parse(first).state;
      return state.modalStack.at(-1);
    });

  return {
    ...workspace,
    apiUrl: `${uiUrl}/api/`,
    uiUrl,
    async command(text, { channel = channels.general, user = people.alice } = {}) {
      await control('command', { channel, user, command: '/arxiv', text });
    },
    async say(text, { channel = channels.general, user = people.alice, thread } = {}) {
      await control('message', { channel, user, text, thread_ts: thread });
    },
    async press(ts, action, { channel = channels.general, user = people.alice } = {}) {
      await control('interact', { channel, messageTs: ts, user, action });
    },
    view: openView,
    submit: (values, { user = people.alice } = {}) =>
      onPage(async (socket) => {
        const answered = once(socket, 'message');
        socket.send(JSON.stringify({ t: 'view_submit', user, values }));
        await answered;
      }),
    react: reaction(true),
    unreact: reaction(false),
    messages,
    thread: async (ts, channel) =>
      (await messages(channel)).filter((message) => message.ts === ts || message.thread_ts === ts),
    log: async () => z.object({ log: z.array(logSchema) }).parse(await control('log')).log,
    async reset() {
      await control('reset', {});
    },
    async close() {
      process.off('exit', stop);
      stop();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
};
