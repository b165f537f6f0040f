import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { date, day, picked, verdictOf } from './day.ts';
import { configOf, createHome, type Home, type Running, reportOf, toArxiv, toSlack, waitForOutput } from './harness.ts';
import { type Model, startModel } from './model.ts';
import { closeAfterEach } from './setup.ts';
import { digestsIn } from './shown.ts';
import { type Gate, startSlackGate } from './slack-gate.ts';

const opened = closeAfterEach();

describe.skipIf(!localSlackAvailable() || process.platform === 'win32')('a run that is paused', () => {
  let arxiv: FakeArxiv;
  let model: Model;
  let slack: LocalSlack;
  beforeAll(async () => {
    arxiv = await startFakeArxiv({ days: { [date]: day } });
    model = await startModel(verdictOf);
    slack = await startLocalSlack();
  });
  afterAll(async () => {
    await slack.close();
    await model.close();
    await arxiv.close();
  });

  const homeWith = async (gate: Gate): Promise<Home> => {
    await slack.reset();
    const { apiUrl } = opened(await startSlackGate(slack, gate));
    return opened(
      await createHome({
        config: configOf({ post: [`slack:${slack.channels.general}`] }),
        env: { ...toArxiv(arxiv), ...toSlack(slack, apiUrl), ...model.env },
      }),
    );
  };

  const points: [string, (pause: () => void) => Gate][] = [
    [
      'before a message reaches Slack',
      (pause) => ({
        before(nth) {
          if (nth === 4) pause();
          return true;
        },
      }),
    ],
    ['when Slack has a message', (pause) => ({ after: (nth) => nth === 4 && pause() })],
  ];

  it.each(points)(
    '%s, keeps its lease: the next run says for whom it waits, and posts nothing twice',
    async (_, gateOf) => {
      let victim: Running | undefined;
      const paused = Promise.withResolvers<void>();
      const home = await homeWith(
        gateOf(() => {
          victim?.kill('SIGSTOP');
          paused.resolve();
        }),
      );
      victim = home.start(['run', '--json']);
      await paused.promise;
      const other = home.start(['run', '--json']);
      await waitForOutput(other, /gears: waiting for process \d+ on \S+, which is working on it\./);
      victim.kill('SIGCONT');
      expect(reportOf(await victim.ended)).toMatchObject({ status: 'posted', posted: picked.length });
      expect(reportOf(await other.ended)).toMatchObject({ status: 'nothing-new', posted: 0 });
      expect(await digestsIn(slack)).toMatchObject([{ ids: picked }]);
    },
  );
});
