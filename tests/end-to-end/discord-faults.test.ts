import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import {
  type DiscordApiCall,
  type DiscordApiFault,
  type DiscordServer,
  startDiscordServer,
} from '../fakes/discord-server.ts';
import { counts, date, day, picked, verdictOf } from './day.ts';
import { ask, digestsOn, toDiscord } from './discord.ts';
import {
  channelsOf,
  configOf,
  createHome,
  type Home,
  type Running,
  reportOf,
  reportsOf,
  stop,
  toArxiv,
  waitForOutput,
} from './harness.ts';
import { type Model, startModel } from './model.ts';

type Fault = NonNullable<Parameters<typeof startDiscordServer>[0]>;
type Setup = { server: DiscordServer; model: Model; home: Home };

const general = '200000000000000001';

const isHeader = ({ method, path }: DiscordApiCall): boolean =>
  method === 'POST' && path === `/channels/${general}/messages`;
const isPaper = (call: DiscordApiCall): boolean =>
  call.method === 'POST' && /\/messages$/.test(call.path) && !isHeader(call);
const isThread = ({ method, path }: DiscordApiCall): boolean => method === 'POST' && path.endsWith('/threads');
const isListing = ({ method, path }: DiscordApiCall): boolean => method === 'GET' && path.endsWith('/messages');

const limited = (seconds: number): DiscordApiFault => ({
  status: 429,
  headers: { 'retry-after': String(Math.ceil(seconds)) },
  body: { message: 'You are being rate limited.', retry_after: seconds, global: false },
});

/** Runs `work` in a folder of its own, with a Discord that has these faults. */
const withDiscord = async (fault: Fault, work: (setup: Setup) => Promise<void>, config?: string): Promise<void> => {
  const arxiv = await startFakeArxiv({ days: { [date]: day } });
  const server = await startDiscordServer(fault);
  const model = await startModel(verdictOf);
  const home = await createHome({
    config: config ?? configOf({ post: [`discord:${general}`] }),
    env: { ...toArxiv(arxiv), ...toDiscord(server), ...model.env },
  });
  try {
    await work({ server, model, home });
  } finally {
    for (const one of [home, model, server, arxiv]) await one.close();
  }
};

const whole = [{ name: 'Tuesday, 8 July 2025 · gears', ids: picked }];

/** When a run is killed: at the n-th of some calls, before or after Discord handles it. */
type Point = {
  name: string;
  at(call: DiscordApiCall): boolean;
  nth: number;
  arrives: boolean;
  posted: number;
  tags?: 'proof'[];
};

const points: Point[] = [
  {
    name: 'when Discord has the header, before the bot gets the answer',
    at: isHeader,
    nth: 1,
    arrives: true,
    posted: 0,
    tags: ['proof'],
  },
  { name: 'before the thread is started', at: isThread, nth: 1, arrives: false, posted: 0, tags: ['proof'] },
  {
    name: 'when Discord has started the thread, before the bot gets the answer',
    at: isThread,
    nth: 1,
    arrives: true,
    posted: 0,
  },
  {
    name: 'when Discord has the third paper, before the bot gets the answer',
    at: isPaper,
    nth: 3,
    arrives: true,
    posted: 3,
  },
];

describe.concurrent('a run to Discord that is killed', () => {
  const finishes = async (point: Point): Promise<void> => {
    let victim: Running | undefined;
    const fault: Fault = (call, nth) => {
      if (!victim || !point.at(call) || nth !== point.nth) return undefined;
      victim.kill('SIGKILL');
      victim = undefined;
      return point.arrives ? 'answered, then reset' : 'reset';
    };
    await withDiscord(fault, async ({ home, server, model }) => {
      victim = home.start(['run', '--json']);
      expect(await victim.ended).toMatchObject({ signal: 'SIGKILL', stdout: '' });
      const ended = await home.run(['run', '--json']);
      expect(ended).toMatchObject({ code: 0 });
      expect(reportOf(ended)).toMatchObject({ status: 'posted', ...counts, posted: picked.length - point.posted });
      expect(digestsOn(server)).toEqual(whole);
      expect(model.calls).toHaveLength(4);
    });
  };

  for (const { tags = [], ...point } of points)
    it(`${point.name} is finished by the next run, with every paper exactly once`, { tags }, () => finishes(point));
});

describe.concurrent('a digest on a faulty Discord', () => {
  it('is posted completely, in order and once, despite rate limits and lost answers', async () => {
    let threadsAskedFor = 0;
    const papers = new Map<number, DiscordApiFault>([
      [1, { status: 503, body: 'upstream connect error' }],
      [4, 'answered, then reset'],
      [8, limited(0.7)],
    ]);
    let listings = 0;
    const fault: Fault = (call, nth) => {
      if (isThread(call)) threadsAskedFor += 1;
      if (isThread(call) && nth === 1) return limited(0.8);
      // After the listing before the header. Discord does not list a message at once, so it is sent again; Discord
      // recognizes its nonce.
      if (isListing(call) && ++listings === 3) return { body: [] };
      return isPaper(call) ? papers.get(nth) : undefined;
    };
    await withDiscord(fault, async ({ home, server }) => {
      const ended = await home.run(['run', '--json']);
      expect(ended).toMatchObject({ code: 0 });
      expect(reportOf(ended)).toMatchObject({ status: 'posted', posted: picked.length });
      expect(digestsOn(server)).toEqual(whole);
      expect(threadsAskedFor).toBe(2);
      // Its header has whole seconds.
      expect(ended.stderr).toMatch(/"status":429,"reason":"Discord rate-limits the bot for 1 second\."/);
      const sent = server.calls.filter(isPaper).map(({ body }) => body.nonce);
      expect(sent).toHaveLength(picked.length + papers.size);
      expect(sent[3]).toBe(sent[4]);
    });
  });

  it('waits for a long pause while the bot answers, and is finished by the next run', async () => {
    let isLimited = true;
    const fault: Fault = (call, nth) => (isLimited && isPaper(call) && nth >= 3 ? limited(279.6) : undefined);
    await withDiscord(fault, async ({ home, server }) => {
      const bot = home.start(['start']);
      await waitForOutput(bot, /rate-limits the bot for 280 seconds/);
      await waitForOutput(bot, /listening on Discord/);
      const top = await ask(server, 'top 50');
      for (const id of picked) expect(top).toContain(id);
      await delay(300);
      expect(server.calls.filter(isPaper)).toHaveLength(3);
      const ended = await stop(bot);
      expect(ended).toMatchObject({ code: 0, signal: null });

      isLimited = false;
      expect(reportOf(await home.run(['run', '--json']))).toMatchObject({ posted: picked.length - 2 });
      expect(digestsOn(server)).toEqual(whole);
    });
  });
});

describe.concurrent('destinations on Discord that cannot be posted to', () => {
  const [missing, closed, elsewhere] = ['200000000000000404', '200000000000000005', '200000000000000006'];
  const config = channelsOf({
    gone: [`post: [discord:${missing}]`],
    closed: [`post: [discord:${closed}]`],
    elsewhere: [`post: [discord:${elsewhere}]`],
    gears: [`post: [discord:${general}]`],
  });
  const refusal = (code: number): DiscordApiFault => ({ status: 403, body: { code, message: 'Missing something' } });

  it('get one line each in doctor and the log, and their digests once they can be posted to', async () => {
    let isMended = false;
    const fault: Fault = (call) => {
      if (isMended) return undefined;
      if (call.path.startsWith(`/channels/${elsewhere}`)) return refusal(50_001);
      return isThread(call) && call.path.includes(closed) ? refusal(50_013) : undefined;
    };
    await withDiscord(
      fault,
      async ({ home, server, model }) => {
        const { state } = server;
        const deny = { id: state.guild.id, type: 0, allow: '0', deny: String(1n << 35n) };
        state.addChannel({ id: closed, type: 0, name: 'closed', permission_overwrites: [deny] });

        const doctor = await home.run(['doctor']);
        expect(doctor.code).toBe(1);
        const lines = doctor.stdout.split('\n').filter((line) => /^. Discord discord:/.test(line));
        expect(lines).toEqual([
          `✗ Discord discord:${missing}: Discord has no such channel`,
          `✗ Discord discord:${closed}: in #closed of Reading Group, paperboy lacks Create Public Threads`,
          `✗ Discord discord:${elsewhere}: paperboy cannot see the channel`,
          `✓ Discord discord:${general}: paperboy may post in #general of Reading Group`,
        ]);

        const ended = await home.run(['run', '--json']);
        expect(ended.code).toBe(1);
        const reports = reportsOf(ended).map(({ channel, status, posted, reasons }) => ({
          ...{ channel, status, posted, reasons },
        }));
        const unserved = (channel: string, id: string, reason: RegExp) => ({
          ...{ channel, status: 'incomplete', posted: 0 },
          reasons: [expect.stringMatching(new RegExp(`^discord:${id}: .*${reason.source}`))],
        });
        expect(reports).toEqual([
          unserved('gone', missing, /no such channel\. Check its id/),
          unserved('closed', closed, /lacks a permission.*Create Public Threads.*doctor/),
          unserved('elsewhere', elsewhere, /cannot see the Discord channel.*doctor/),
          { channel: 'gears', status: 'posted', posted: picked.length, reasons: [] },
        ]);
        const logged = ended.stderr.split('\n').filter((line) => /"level":"(warn|error)"/.test(line));
        // The channels run at the same time, so the order varies.
        expect(logged).toHaveLength(3);
        expect(logged).toEqual(
          expect.arrayContaining(
            [missing, closed, elsewhere].map((id) =>
              expect.stringMatching(`"destination":"discord:${id}".*"msg":"digest not sent to destination"`),
            ),
          ),
        );
        expect(digestsOn(server)).toEqual(whole);

        const bot = home.start(['start']);
        await waitForOutput(bot, /listening on Discord/);
        expect(await ask(server, 'top 1')).toContain(picked[0]);
        expect(await stop(bot)).toMatchObject({ code: 0 });

        isMended = true;
        for (const [id, name] of [
          [missing, 'gone'],
          [elsewhere, 'elsewhere'],
        ] as const)
          state.addChannel({ id, type: 0, name });
        const again = await home.run(['run', '--json']);
        expect(again).toMatchObject({ code: 0 });
        expect(reportsOf(again).map(({ posted }) => posted)).toEqual([...Array(3).fill(picked.length), 0]);
        for (const [id, name] of Object.entries({ [missing]: 'gone', [closed]: 'closed', [elsewhere]: 'elsewhere' }))
          expect(digestsOn(server, id)).toEqual([{ name: `Tuesday, 8 July 2025 · ${name}`, ids: picked }]);
        expect(model.calls).toHaveLength(4);
      },
      config,
    );
  });
});
