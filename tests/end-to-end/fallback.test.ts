import { describe, expect, it } from 'vitest';
import { localSlackAvailable } from '../fakes/local-slack.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';
import { verdictOf } from './day.ts';
import { reportOf } from './harness.ts';
import { startModel } from './model.ts';
import { closeAfterEach, useSlackDay } from './setup.ts';
import { digestsIn } from './shown.ts';

const opened = closeAfterEach();

describe.skipIf(!localSlackAvailable())('a run that cannot use the model for all papers', () => {
  const { at, homeWith } = useSlackDay(opened);

  it('scores the whole day with the built-in scorer if the model is down, and says so in the header', async () => {
    // A server that is back in an hour is not waited for; tests/scoring has those that are asked again.
    const headers = { 'retry-after': '3600' };
    const down = opened(await startFakeOpenAi({ fault: () => ({ kind: 'status', status: 503, headers }) }));
    const home = await homeWith({ OPENAI_BASE_URL: down.url }, 'batchSize: 4, concurrency: 3');
    const ended = await home.run(['run', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    const report = reportOf(ended);
    expect(report).toMatchObject({ status: 'posted', engine: 'local', unscored: 0, promptTokens: 0, costUsd: 0 });
    expect(report.posted).toBeGreaterThan(0);
    const [digest, ...others] = await digestsIn(at.slack);
    expect(others).toEqual([]);
    expect(digest?.ids).toHaveLength(report.posted);
    expect(digest?.text).toMatch(/The language model failed: .*503.*\. The built-in scorer scored all 12 papers\./);
    expect(digest?.text).toContain('Scored by the built-in scorer');
  });

  it('falls back to the built-in scorer if the model refuses the key', async () => {
    const model = opened(
      await startModel(verdictOf, () => ({
        status: 401,
        error: { message: 'Incorrect API key provided: sk-local', code: 'invalid_api_key' },
      })),
    );
    const home = await homeWith(model.env);
    const ended = await home.run(['run', '--json']);
    expect(reportOf(ended)).toMatchObject({ status: 'posted', engine: 'local', unscored: 0 });
    expect((await digestsIn(at.slack))[0]?.text).toMatch(/rejected the key \(401\)/);
    expect(ended.stdout + ended.stderr + JSON.stringify(await at.slack.messages())).not.toContain('sk-local');
  });

  it('stays within the budget, scores the rest with the built-in scorer, and says so in the header', async () => {
    const model = opened(await startModel(verdictOf));
    const dailyBudgetUsd = 0.0025;
    const home = await homeWith(model.env, `batchSize: 2, concurrency: 2, dailyBudgetUsd: ${dailyBudgetUsd}`);
    const ended = await home.run(['run', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    const report = reportOf(ended);
    expect(report).toMatchObject({ status: 'posted', scanned: 12, unscored: 0 });
    expect(report.engine?.split('+').toSorted()).toEqual(['local', 'openai']);
    expect(report.costUsd).toBeGreaterThan(0);
    expect(report.costUsd).toBeLessThanOrEqual(dailyBudgetUsd);
    const read = model.calls.flat().length;
    expect(read).toBeGreaterThan(0);
    const [digest] = await digestsIn(at.slack);
    expect(digest?.text).toContain(`The built-in scorer scored ${12 - read} of 12 papers`);
    expect(digest?.text).toContain('$0.0025');
    expect(digest?.text).toMatch(/gpt-4o-mini \(\d+ papers\)/);
  });
});
