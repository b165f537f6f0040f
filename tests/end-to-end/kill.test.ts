import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { counts, date, day, picked, verdictOf } from './day.ts';
import { configOf, createHome, type Running, reportOf, toArxiv, toSlack } from './harness.ts';
import { startModel } from './model.ts';
import { digestsIn } from './shown.ts';
import { type Gate, startSlackGate } from './slack-gate.ts';

/** When a run is killed, and how many papers it had posted by then. Those that others resemble are proofs. */
type Point = {
  name: string;
  arxivAnswer?: number;
  modelCall?: number;
  /** `kill` returns false. */
  gate?(kill: () => false): Gate;
  posted: number;
  tags?: 'proof'[];
};

const lateMs = 700;

const points: Point[] = [
  { name: 'while it reads arXiv', arxivAnswer: 3, posted: 0, tags: ['proof'] },
  { name: 'at the first call of the model', modelCall: 1, posted: 0, tags: ['proof'] },
  { name: 'between two answers of the model', modelCall: 3, posted: 0 },
  {
    name: 'before the header reaches Slack',
    gate: (kill) => ({ before: (nth) => nth !== 1 || kill() }),
    posted: 0,
    tags: ['proof'],
  },
  {
    name: 'when Slack has the header, before the bot gets the answer',
    gate: (kill) => ({ after: (nth) => nth === 1 && kill() }),
    posted: 0,
  },
  {
    name: 'when Slack has the third paper, before the bot gets the answer',
    gate: (kill) => ({ after: (nth) => nth === 4 && kill() }),
    posted: 3,
  },
  {
    name: 'while a paper is on its way to Slack, where it comes late',
    gate: (kill) => ({
      before: async (nth) => {
        if (nth !== 3) return true;
        kill();
        await delay(lateMs);
        return true;
      },
    }),
    posted: 2,
  },
  {
    name: 'before the last paper reaches Slack',
    gate: (kill) => ({ before: (nth) => nth !== picked.length + 1 || kill() }),
    posted: picked.length - 1,
    tags: ['proof'],
  },
];

describe.skipIf(!localSlackAvailable())('a run that is killed', () => {
  const finishes = async (point: Point): Promise<void> => {
    const slack = await startLocalSlack();
    let victim: Running | undefined;
    const kill = (): false => {
      victim?.kill('SIGKILL');
      victim = undefined;
      return false;
    };
    const arxiv = await startFakeArxiv({ days: { [date]: day } });
    if (point.arxivAnswer !== undefined) {
      const pass = (body: string): string => body;
      arxiv.failNext({ kind: 'change', change: pass }, { times: point.arxivAnswer - 1 });
      arxiv.failNext({ kind: 'change', change: (body) => kill() || body });
    }
    const model = await startModel(verdictOf, ({ number }) => {
      if (victim && number === point.modelCall) kill();
      return undefined;
    });
    const gate = await startSlackGate(slack, point.gate?.(kill) ?? {});
    const home = await createHome({
      config: configOf({ post: [`slack:${slack.channels.general}`], scorer: 'batchSize: 4, concurrency: 1' }),
      env: { ...toArxiv(arxiv), ...toSlack(slack, gate.apiUrl), ...model.env },
    });
    try {
      victim = home.start(['run', '--json']);
      expect(await victim.ended).toMatchObject({ signal: 'SIGKILL', stdout: '' });

      const ended = await home.run(['run', '--json']);
      expect(ended).toMatchObject({ code: 0 });
      const report = reportOf(ended);
      expect(report).toMatchObject({ date, status: 'posted', ...counts, relevant: picked.length, unscored: 0 });
      expect(report.posted).toBe(picked.length - point.posted);
      expect(await digestsIn(slack)).toMatchObject([{ ids: picked }]);
      // Answers from before the kill are stored and not paid for again.
      expect(model.calls.length).toBe(point.modelCall === undefined ? 4 : 5);
    } finally {
      await home.close();
      await gate.close();
      await slack.close();
      await model.close();
      await arxiv.close();
    }
  };

  for (const { tags = [], ...point } of points)
    it.concurrent(`${point.name}, is finished by the next run with every paper exactly once`, { tags }, () =>
      finishes(point),
    );
});
