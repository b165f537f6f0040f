import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type LocalSlack, startLocalSlack } from '../fakes/local-slack.ts';
import { date, day } from './day.ts';
import { configOf, createHome, type Home, toArxiv, toSlack } from './harness.ts';

type Closeable = { close(): Promise<void> };

/** Marks what a test opens, so that it is closed after the test, the latest first. */
export const closeAfterEach = (): (<T extends Closeable>(one: T) => T) => {
  const open: Closeable[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return (one) => {
    open.unshift(one);
    return one;
  };
};

/** The day at a fake arXiv and an empty Slack channel for each test of a group. */
export const useSlackDay = (opened: ReturnType<typeof closeAfterEach>) => {
  const at = {} as { arxiv: FakeArxiv; slack: LocalSlack };
  beforeAll(async () => {
    at.arxiv = await startFakeArxiv({ days: { [date]: day } });
    at.slack = await startLocalSlack();
  });
  afterAll(async () => {
    await at.slack.close();
    await at.arxiv.close();
  });
  beforeEach(() => at.slack.reset());
  return {
    at,
    /** A place whose channel posts to Slack. */
    homeWith: async (env: Record<string, string>, scorer?: string): Promise<Home> =>
      opened(
        await createHome({
          config: configOf({ post: [`slack:${at.slack.channels.general}`], scorer }),
          env: { ...toArxiv(at.arxiv), ...toSlack(at.slack), ...env },
        }),
      ),
  };
};
