import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { localSlackAvailable } from '../fakes/local-slack.ts';
import { backUp, fileOf, restore } from './backups.ts';
import { chatNames, chats, type Open } from './chats.ts';
import { configOf, createHome, type Ended, type Home, type Running, reportOf, toArxiv } from './harness.ts';
import { startModel } from './model.ts';
import type { Gate } from './slack-gate.ts';

/** Mailings of four days, with three papers each. */
const dates = ['2025-07-07', '2025-07-08', '2025-07-09', '2025-07-10'] as const;
type Day = (typeof dates)[number];

const idsOf = (date: string): string[] => [1, 2, 3].map((number) => `2507.${date.slice(-2)}00${number}`);

const papersOf = (date: string): FakePaper[] =>
  idsOf(date).map((id) => ({
    ...{ id, title: `Gears of ${id}`, authors: ['Ada First'], categories: ['cs.LG'] },
    abstract: `We study the gear trains of ${id}.`,
  }));

describe.each(chatNames)('a restored database, on %s', (name) => {
  const setUp = async ({ onTestFinished }: TestContext, gate: Gate = {}) => {
    const opened: Open = (one) => {
      onTestFinished(() => one.close());
      return one;
    };
    const arxiv = opened(
      await startFakeArxiv({ days: Object.fromEntries(dates.map((date) => [date, papersOf(date)])) }),
    );
    const model = opened(
      await startModel((id) => ({ relevance: 9, novelty: 8, comment: `It is about gears, says ${id}.` })),
    );
    const chat = await chats[name](opened, gate);
    const home = opened(
      await createHome({
        config: configOf({ post: [chat.destination] }),
        env: { ...toArxiv(arxiv), ...chat.env, ...model.env },
      }),
    );
    const start = (date: Day, args: string[] = []): Running => {
      arxiv.setDate(date);
      return home.start(['run', '--json', ...args], { PAPERBOY_NOW: `${date}T13:00:00Z` });
    };
    const run = (date: Day, args?: string[]): Promise<Ended> => start(date, args).ended;
    return { home, chat, run, start };
  };
  const skips = name === 'slack' && !localSlackAvailable();
  /** Each case is tested on one platform at least; on the other, it is a proof. */
  const proofOn = (platform: typeof name): { tags: 'proof'[] } => ({ tags: name === platform ? ['proof'] : [] });

  it.skipIf(skips).concurrent('from before the post repeats nothing', { tags: ['proof'] }, async (context) => {
    const { home, chat, run } = await setUp(context);
    expect(await run(dates[0], ['--dry-run'])).toMatchObject({ code: 0 });
    backUp(home, 'before.db');
    expect(reportOf(await run(dates[0]))).toMatchObject({ status: 'posted', posted: 3 });
    await restore(home, 'before.db');
    expect(reportOf(await run(dates[0]))).toMatchObject({ status: 'nothing-new', posted: 0 });
    expect(await chat.threads()).toEqual([idsOf(dates[0])]);
  });

  it.skipIf(skips).concurrent('from the middle of the post repeats nothing', proofOn('discord'), async (context) => {
    const held: { home?: Home } = {};
    const { home, chat, run } = await setUp(context, {
      after: (nth) => nth === 2 && held.home && backUp(held.home, 'middle.db'),
    });
    held.home = home;
    expect(reportOf(await run(dates[0]))).toMatchObject({ status: 'posted', posted: 3 });
    await restore(home, 'middle.db');
    expect(await run(dates[0])).toMatchObject({ code: 0 });
    expect(await chat.threads()).toEqual([idsOf(dates[0])]);
  });

  it.skipIf(skips).concurrent(
    'of one day and of three days ago repeats nothing, and the next days follow',
    proofOn('slack'),
    async (context) => {
      const { home, chat, run } = await setUp(context);
      const threads = dates.slice(0, 3).map(idsOf);
      for (const date of dates.slice(0, 3)) {
        expect(reportOf(await run(date))).toMatchObject({ status: 'posted', posted: 3 });
        backUp(home, `${date}.db`);
      }
      for (const date of [dates[1], dates[0]]) {
        await restore(home, `${date}.db`);
        expect(reportOf(await run(dates[2]))).toMatchObject({ status: 'nothing-new', posted: 0 });
        expect(await chat.threads()).toEqual(threads);
      }
      await restore(home, `${dates[0]}.db`);
      expect(reportOf(await run(dates[3]))).toMatchObject({ status: 'posted', posted: 3 });
      expect(await chat.threads()).toEqual([...threads, idsOf(dates[3])]);
    },
  );

  it.skipIf(skips).concurrent(
    'without its write-ahead log after a kill repeats nothing',
    proofOn('slack'),
    async (context) => {
      const held: { victim?: Running } = {};
      const { home, chat, run, start } = await setUp(context, {
        after: (nth) => nth === 3 && held.victim?.kill('SIGKILL'),
      });
      held.victim = start(dates[0]);
      expect(await held.victim.ended).toMatchObject({ signal: 'SIGKILL' });
      held.victim = undefined;
      expect(existsSync(`${fileOf(home)}-wal`)).toBe(true);
      await copyFile(fileOf(home), join(home.folder, 'lost.db'));
      await restore(home, 'lost.db');
      expect(await run(dates[0])).toMatchObject({ code: 0 });
      expect(await chat.threads()).toEqual([idsOf(dates[0])]);
    },
  );

  it.skipIf(skips || name !== 'slack').concurrent('repeats nothing although the history is behind', async (context) => {
    const held: { victim?: Running } = {};
    const { home, chat, run, start } = await setUp(context, {
      after: (nth) => nth === 3 && held.victim?.kill('SIGKILL'),
      lagMs: 8_000,
    });
    expect(await run(dates[0], ['--dry-run'])).toMatchObject({ code: 0 });
    backUp(home, 'before.db');
    held.victim = start(dates[0]);
    expect(await held.victim.ended).toMatchObject({ signal: 'SIGKILL' });
    held.victim = undefined;
    await restore(home, 'before.db');
    expect(reportOf(await run(dates[0]))).toMatchObject({ status: 'posted', posted: 1 });
    expect(await chat.threads()).toEqual([idsOf(dates[0])]);
  });
});
