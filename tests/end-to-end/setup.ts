import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type LocalSlack, startLocalSlack } from '../fakes/local-slack.ts';
import { date, day } from './day.ts';
import { configOf, createHome, type Home, toArxiv, toSlack } from './harness.ts';

type Closeable = { close(): Promise<void> };

/** Closes what a test opened after the test, the latest first. */
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

/** Gives each test of a group the day at a fake arXiv and an empty Slack channel. */
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
    /** A home whose channel posts to Slack. */
    homeWith: async (env: Record<string, string>, scorer?: string): Promise<Home> =>
      opened(
        await createHome({
          config: configOf({ post: [`slack:${at.slack.channels.general}`], scorer }),
          env: { ...toArxiv(at.arxiv), ...toSlack(at.slack), ...env },
        }),
      ),
  };
};
