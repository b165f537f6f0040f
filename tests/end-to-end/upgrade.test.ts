import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { copyToOldSchema, tags } from '../fakes/old-database.ts';
import { backUp, fileOf } from './backups.ts';
import { configOf, createHome, type Ended, type Home, reportOf, toArxiv, toSlack } from './harness.ts';
import { startModel } from './model.ts';
import { closeAfterEach } from './setup.ts';
import { digestsIn } from './shown.ts';
import { startSlackGate } from './slack-gate.ts';

/** Mailings of three days, with three papers each. */
const dates = ['2025-07-07', '2025-07-08', '2025-07-09'] as const;
type Day = (typeof dates)[number];

const idsOf = (date: string): string[] => [1, 2, 3].map((number) => `2507.${date.slice(-2)}00${number}`);

const papersOf = (date: string): FakePaper[] =>
  idsOf(date).map((id) => ({
    ...{ id, title: `Gears of ${id}`, authors: ['Ada First'], categories: ['cs.LG'] },
    abstract: `We study the gear trains of ${id}.`,
  }));

/** The last is the oldest. */
const lastFour = tags.slice(-5, -1).reverse();

describe.skipIf(!localSlackAvailable())('an update in the middle of a post', () => {
  const opened = closeAfterEach();

  const losesNothing = async (from: readonly string[]): Promise<void> => {
    const arxiv = opened(
      await startFakeArxiv({ days: Object.fromEntries(dates.map((date) => [date, papersOf(date)])) }),
    );
    const model = opened(
      await startModel((id) => ({ relevance: 9, novelty: 8, comment: `It is about gears, says ${id}.` })),
    );
    const held: { home?: Home } = {};
    const slack = opened(await startLocalSlack());
    // The sixth message is the first paper of the second day. Its answer has not arrived.
    const { apiUrl } = opened(
      await startSlackGate(slack, { after: (nth) => nth === 6 && held.home && backUp(held.home, 'middle.db') }),
    );
    const home = opened(
      await createHome({
        config: `admins: [slack:${slack.people.alice}]\n${configOf({ post: [`slack:${slack.channels.general}`] })}`,
        env: { ...toArxiv(arxiv), ...toSlack(slack, apiUrl), ...model.env },
      }),
    );
    const threads = async () => (await digestsIn(slack)).map(({ ids }) => ids);
    held.home = home;
    const run = (date: Day): Promise<Ended> => {
      arxiv.setDate(date);
      return home.start(['run', '--json'], { PAPERBOY_NOW: `${date}T13:00:00Z` }).ended;
    };
    for (const date of dates.slice(0, 2)) expect(reportOf(await run(date))).toMatchObject({ posted: 3 });
    const before = (await home.run(['say', `top 9 ${dates[0]}`])).stdout;
    for (const id of idsOf(dates[0])) expect(before).toContain(id);

    for (const tag of from) {
      const folder = join(home.folder, tag);
      await mkdir(folder);
      const old = copyToOldSchema(join(home.folder, 'middle.db'), folder, tags.indexOf(tag));
      for (const end of ['-wal', '-shm']) await rm(`${fileOf(home)}${end}`, { force: true });
      await rename(old, fileOf(home));
      expect({ tag, ended: await run(dates[1]) }).toMatchObject({ ended: { code: 0 } });
      expect(await threads()).toEqual(dates.slice(0, 2).map(idsOf));
    }
    expect((await home.run(['say', `top 9 ${dates[0]}`])).stdout).toBe(before);
    expect(reportOf(await run(dates[2]))).toMatchObject({ status: 'posted', posted: 3 });
    expect(await threads()).toEqual(dates.map(idsOf));
  };

  it('loses nothing and posts nothing twice, from the oldest of the last four schemas', () =>
    losesNothing(lastFour.slice(-1)));

  it('loses nothing and posts nothing twice, from each of the last four schemas', { tags: ['proof'] }, () =>
    losesNothing(lastFour),
  );
});
