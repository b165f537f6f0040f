import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { App } from '../../src/app.ts';
import { type EvalRequest, evaluateFor, evaluationReport } from '../../src/cli/eval.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { channelOf, rubricOf } from '../fakes/fixtures.ts';
import { compressionTopics, storeJudgedDays, writeDayFiles } from '../fakes/judged-days.ts';

const channel = channelOf({ rubric: rubricOf({ topics: compressionTopics }) });

let folder: string;
let stores: Stores;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-eval-'));
  stores = openStores(':memory:');
  await writeDayFiles(join(folder, 'days'), 4, 90);
  await writeFile(join(folder, 'boats.md'), '1. Boats\n   - Relevant: ferry, anchor, lighthouse.\n');
  await writeFile(join(folder, 'empty.md'), ' \n');
  await writeDayFiles(join(folder, 'broken'), 1, 5);
  const broken = '{"date": "2025-01-02", "papers": [{"id": 4}]}';
  await writeFile(join(folder, 'broken', '2025-01-02.json'), broken);
});
afterAll(async () => {
  stores.close();
  await rm(folder, { recursive: true });
});

/** Paths of the request are relative to the test's folder. */
const run = async (more: Partial<EvalRequest>, on: Stores = stores, clock?: Clock) => {
  const at = (path: string | undefined) => (path === undefined ? undefined : join(folder, path));
  const base: EvalRequest = {
    days: 'days',
    engine: 'local',
    history: undefined,
    topics: undefined,
    picture: undefined,
  };
  const request = { ...base, ...more };
  const paths = { days: at(request.days), topics: at(request.topics), picture: at(request.picture) };
  // It uses only these parts of the app.
  const app = { stores: on, engines: { llm: undefined }, clock } as unknown as App;
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const evaluation = await evaluateFor({ ...request, ...paths }, channel, app, say, new AbortController().signal);
  return { evaluation, auc: evaluation.overall?.auc.mean, lines };
};

describe('an evaluation of day files', () => {
  it('measures the channel’s topics, or those of another file', async () => {
    expect((await run({})).auc).toBeGreaterThan(0.9);
    expect((await run({ topics: 'boats.md' })).auc).toBeLessThan(0.8);
  });

  it('measures only the last days if asked to', async () => {
    const { evaluation } = await run({ last: 1 });
    expect(evaluation.days).toEqual([expect.objectContaining({ date: '2025-01-04' })]);
  });

  it.each<[Partial<EvalRequest>, RegExp]>([
    [{ days: 'nowhere' }, /There is no folder .*nowhere\./],
    [{ days: '.' }, /has no day files, such as/],
    [{ topics: 'none.md' }, /topics file .*none\.md does not exist/],
    [{ topics: 'empty.md' }, /topics file .*empty\.md is empty/],
    [{ history: 9 }, /has a pick and 9 days before it\. Set a smaller --history/],
    [{ engine: 'openai' }, /No language model is configured/],
    [{ days: 'broken' }, /2025-01-02\.json is not a valid day file: papers\.0\.id: /],
  ])('is refused with what to change: %o', async (request, message) => {
    await expect(run(request)).rejects.toThrow(message);
  });

  it('refuses a picture in a missing folder before it measures', async () => {
    const lines: string[] = [];
    await expect(run({ picture: 'no/such.svg' }).then((result) => lines.push(...result.lines))).rejects.toThrow(
      /The picture cannot be written to .*such\.svg \(ENOENT\)\./,
    );
    expect(lines).toEqual([]);
  });
});

describe('an evaluation of the channel’s history', () => {
  it('says how many days with votes are missing', async () => {
    await expect(run({ days: undefined })).rejects.toThrow(
      /foundations needs 3 days .* but has 0 \(of 0 days with a digest/,
    );
    const judged = openStores(':memory:');
    await storeJudgedDays(judged, ['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-07', '2025-07-08', '2025-07-09']);
    await expect(run({ days: undefined, history: 4 }, judged)).rejects.toThrow(/needs 3 days .* but has 2/);
    judged.close();
  });

  it('ends with how well votes were predicted, once there are 30', async () => {
    const dates = Array.from({ length: 11 }, (_, at) => `2025-07-${String(at + 1).padStart(2, '0')}`);
    const reportOf = async (days: number) => {
      const judged = openStores(':memory:');
      await storeJudgedDays(judged, dates.slice(0, days));
      const clock = createSteppingClock('2025-07-12T13:00:00Z');
      const { evaluation } = await run({ days: undefined, engine: 'openai' }, judged, clock);
      judged.close();
      return evaluationReport(evaluation);
    };
    // Each day has three votes.
    expect(await reportOf(9)).not.toContain('votes');
    const report = await reportOf(11);
    expect(report).toContain('The newest 30 votes, each date predicted from the votes before it');
    expect(report).toMatch(
      /\npredicted by +AUC +Brier score\nearlier votes +\d\.\d{3} +\d\.\d{3}\nscores alone .*\nRocchio /,
    );
  });
});
