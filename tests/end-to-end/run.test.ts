import { describe, expect, it } from 'vitest';
import { shownText } from '../chat/slack/shown.ts';
import { localSlackAvailable } from '../fakes/local-slack.ts';
import { counts, date, day, paperOf, picked, verdictOf } from './day.ts';
import { reportOf } from './harness.ts';
import { startModel } from './model.ts';
import { closeAfterEach, useSlackDay } from './setup.ts';
import { digestsIn, expectHarmless } from './shown.ts';

const opened = closeAfterEach();

describe.skipIf(!localSlackAvailable())('a run', () => {
  const { at, homeWith } = useSlackDay(opened);

  it('posts one header and a thread of picked papers once, and reports them as JSON', async () => {
    const model = opened(await startModel(verdictOf));
    const home = await homeWith(model.env);
    const first = await home.run(['run', '--json']);
    expect(first).toMatchObject({ code: 0 });
    expect(reportOf(first)).toEqual({
      ...{ date, channel: 'gears', status: 'posted', ...counts, relevant: picked.length, posted: picked.length },
      ...{ engine: 'openai', model: 'gpt-4o-mini', unscored: 0, skipped: 0, muted: 0, reasons: [] },
      ...{ promptTokens: 14_000, cachedTokens: 0, completionTokens: 1_400 },
      costUsd: expect.closeTo((14_000 * 0.15 + 1_400 * 0.6) / 1e6, 9),
    });
    expect(model.calls.flat().toSorted()).toEqual(
      day
        .filter(({ replaced }) => !replaced)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(await digestsIn(at.slack)).toMatchObject([{ ids: picked }]);

    const second = await home.run(['run', '--json']);
    expect(second).toMatchObject({ code: 0 });
    expect(reportOf(second)).toMatchObject({ date, status: 'nothing-new', posted: 0 });
    expect(await digestsIn(at.slack)).toMatchObject([{ ids: picked }]);
    expect(model.calls).toHaveLength(4);
    // The topics are expanded once, apart from the digest's cost.
    expect(model.expansions).toHaveLength(1);
    const expanded = await home.run(['say', 'topics expanded']);
    expect(expanded.stdout).toMatch(/Expanded by gpt-4o-mini[\s\S]*Learning gears[\s\S]*cogs, pinions/);

    const page = await home.run(['page', date]);
    expect(page.code).toBe(0);
    for (const id of picked) expect(page.stdout).toContain(`https://arxiv.org/abs/${id}`);
    const answer = await home.run(['say', 'top 2']);
    expect(answer.stdout).toMatch(/Top 2 of Tuesday, 8 July 2025 · gears[\s\S]*2507\.00007[\s\S]*2507\.00004/);
  });

  it("posts hostile titles and comments as plain text within Slack's limits", async () => {
    const model = opened(await startModel(verdictOf));
    const home = await homeWith(model.env);
    expect(await home.run(['run'])).toMatchObject({ code: 0 });
    await expectHarmless(at.slack);
    const [digest] = await digestsIn(at.slack);
    const thread = await at.slack.thread(digest?.header.ts ?? '');
    const texts = thread.slice(1).map(({ blocks }) => shownText(blocks));
    for (const [index, id] of picked.entries()) {
      expect(texts[index]).toContain(`${index + 1}. ${paperOf(id).title.slice(0, 200)}`);
      expect(texts[index]).toContain(verdictOf(id)?.comment);
    }
    const addresses = JSON.stringify(thread).match(/"url":"[^"]*"/g) ?? [];
    expect(addresses.filter((address) => !address.startsWith('"url":"https://arxiv.org/'))).toEqual([]);
    expect(JSON.stringify(thread)).not.toContain('mrkdwn');
  });

  it('prints the digest on a dry run and posts nothing', async () => {
    const model = opened(await startModel(verdictOf));
    const home = await homeWith(model.env);
    const dry = await home.run(['run', '--dry-run']);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toContain('7 papers of 2025-07-08 would be posted.');
    expect(await at.slack.messages()).toEqual([]);
    expect(reportOf(await home.run(['run', '--json']))).toMatchObject({ status: 'posted', posted: picked.length });
    expect(model.calls).toHaveLength(4);
  });

  it('exits with 1 for an incomplete announcement, and posts it once it is complete', async () => {
    const model = opened(await startModel(verdictOf));
    const home = await homeWith(model.env);
    at.arxiv.failNext({ kind: 'status', status: 500 }, { times: 6 });
    const failed = await home.run(['run', '--json']);
    expect(failed).toMatchObject({ code: 1 });
    expect(reportOf(failed)).toMatchObject({
      status: 'incomplete',
      posted: 0,
      reasons: [expect.stringMatching(/500/)],
    });
    expect(await at.slack.messages()).toEqual([]);
    expect(reportOf(await home.run(['run', '--json']))).toMatchObject({ status: 'posted', posted: picked.length });
    expect(await digestsIn(at.slack)).toMatchObject([{ ids: picked }]);
  });

  it('posts every paper once if two processes run the day side by side', async () => {
    const model = opened(await startModel(verdictOf));
    const home = await homeWith(model.env);
    const both = await Promise.all([home.run(['run', '--json']), home.run(['run', '--json'])]);
    const reports = both.map(reportOf);
    expect(reports.map(({ status }) => status).toSorted()).toEqual(['nothing-new', 'posted']);
    expect(await digestsIn(at.slack)).toMatchObject([{ ids: picked }]);
    expect(model.calls).toHaveLength(4);
  });
});
