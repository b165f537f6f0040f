import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stats } from '../../commands/stats.ts';
import { status } from '../../commands/status.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { checkRubricPrefix } from '../../src/core/score.ts';
import type { ChannelStatus } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../fakes/channels.ts';
import { channelOf, rubricOf } from '../fakes/fixtures.ts';
import { savePosted, voteOn } from '../fakes/posted.ts';
import { type Asking, ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const lines = async (text: string, more: Asking = {}) =>
  linesOf(await ask(stores, text, { list: [stats, status], ...more }));
const free = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };

describe('stats', () => {
  it('shows papers and cost by day, thumbs by topic, and the totals', async () => {
    await savePosted(stores, '2025-07-07', [
      { id: '2507.00001', topic: 'Sparsity' },
      { id: '2507.00002', topic: 'Sparsity' },
    ]);
    await savePosted(stores, '2025-07-08', [{ id: '2507.00003', topic: 'Pruning' }, { id: '2507.00004' }]);
    await voteOn(stores, '2025-07-07', 1, 'a');
    await voteOn(stores, '2025-07-07', 1, 'b');
    await voteOn(stores, '2025-07-08', 1, 'a', '-1');
    expect(await lines('stats')).toEqual([
      'The last 30 days · foundations',
      'Papers posted: 4 of 24 scored, in 2 digests',
      'Cost: $0.0246, $0.0123 per digest',
      'Votes: 2 👍 and 1 👎; 1 of 4 posted papers has more 👍 than 👎 (25%)',
      'Papers posted by day',
      '7 Jul 2',
      '8 Jul 2',
      'Cost by day',
      '7 Jul $0.0123',
      '8 Jul $0.0123',
      'Liked papers by topic',
      'Sparsity 50% (1 of 2)',
      'Pruning 0% (0 of 1)',
      'Other 0% (0 of 1)',
      '[Last 365 days: stats 365]',
      '[Weekly recap: recap]',
    ]);
  });

  it('shows which part of the cost is for summaries', async () => {
    const usage = { promptTokens: 900, cachedTokens: 0, completionTokens: 100, costUsd: 0.0021 };
    const summaries = { model: 'gpt-test', channel: 'foundations', calls: 1, usage, price: undefined } as const;
    const models = [{ ...summaries, purpose: 'summaries' as const }, summaries];
    await savePosted(stores, '2025-07-07', [{ id: '2507.00001' }], { models });
    await savePosted(stores, '2025-07-08', [{ id: '2507.00003' }]);
    expect((await lines('stats'))[2]).toBe('Cost: $0.0246, $0.0123 per digest; $0.0021 of it for summaries');
  });

  it('shows what the prefilter screened out', async () => {
    const prefilter = { skipped: 6, sampled: 1, recall: 0.981, low: 0.966, high: 0.9885, days: 14 };
    await savePosted(stores, '2025-07-07', [{ id: '2507.00001' }], { prefilter });
    await savePosted(stores, '2025-07-08', [{ id: '2507.00003' }], { prefilter: { reason: 'there is too little' } });
    expect((await lines('stats')).slice(1, 3)).toEqual([
      'Papers posted: 2 of 18 scored, in 2 digests',
      'Screened out: 6 of 24 (25%), at no cost; about 98% of picks kept (96–99%), measured on 14 days',
    ]);
  });

  it('groups more than a month by week', async () => {
    await savePosted(stores, '2024-12-02', [{ id: '2412.00001' }], { usage: free });
    await savePosted(stores, '2025-07-01', [{ id: '2507.00001' }], { usage: free });
    await savePosted(stores, '2025-07-03', [{ id: '2507.00002' }], { usage: free });
    const shown = await lines('stats 365');
    expect(shown.slice(1, 7)).toEqual([
      'Papers posted: 3 of 36 scored, in 3 digests',
      'Cost: none',
      'Votes: none yet',
      'Papers posted by week',
      '2 Dec 1',
      '30 Jun 2',
    ]);
    expect(shown.join()).not.toContain('Cost by');
  });

  it('counts the first and last day of the range', async () => {
    await savePosted(stores, '2025-07-06', [{ id: '2507.00001' }]);
    await savePosted(stores, '2025-07-07', [{ id: '2507.00002' }]);
    await savePosted(stores, '2025-07-08', [{ id: '2507.00003' }]);
    expect((await lines('stats 2'))[1]).toContain('2 of 24');
    expect((await lines('stats 1'))[1]).toContain('1 of 12');
  });

  it('says which cost is unknown', async () => {
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }], { usage: { ...free, costUsd: undefined } });
    expect(await lines('stats')).toContain('Cost: $0.00; the cost of 1 digest is unknown');
  });

  it('shows the cost of questions and rescoring once', async () => {
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    await stores.scores.saveRubric(rubricOf({ hash: 'questions', topics: '', criteria: '' }));
    const at = '2025-07-08T13:00:00.000Z';
    const ask = async (costUsd: number | undefined) => {
      const call = {
        rubric: 'questions',
        channel: 'foundations',
        date: '2025-07-08',
        model: 'gpt-test',
        at,
        boundUsd: 0,
      };
      const id = await stores.ledger.book(call, 1, '2025-07-08T04:00:00.000Z');
      await stores.ledger.settle(
        id ?? 0,
        { promptTokens: 9, cachedTokens: 0, completionTokens: 1, costUsd },
        undefined,
      );
    };
    const again = (at: string, value: object) =>
      stores.changes.add({ at, person: 'slack:T1:U1', channel: 'foundations', action: 'rescore', value });
    await ask(0.002);
    await again('2025-07-08T20:00:00.000Z', { papers: 20, rubric: 'rubric-1', costUsd: 0.01 });
    await again('2025-05-08T20:00:00.000Z', { papers: 20, rubric: 'rubric-1', costUsd: 0.01 });
    // Before the digest, under the same rubric: the digest's own cost includes it.
    await again('2025-07-08T05:00:00.000Z', { papers: 5, rubric: 'rubric-1', costUsd: 0.5 });
    // Without a digest at the time, the next one includes it; a digest that existed does not.
    await again('2025-07-08T20:00:00.000Z', { papers: 5, rubric: 'rubric-1', costUsd: 0.5, after: null });
    expect(await lines('stats')).toContain('Other costs: $0.0020 for questions, $0.0100 for rescoring 20 papers');
    const after = (await stores.digests.find('foundations', '2025-07-08'))?.createdAt;
    await again('2025-07-08T05:00:00.000Z', { papers: 1, rubric: 'rubric-1', costUsd: 0.0004, after });
    expect(await lines('stats')).toContain('Other costs: $0.0020 for questions, $0.0104 for rescoring 21 papers');
    for (const [askedFor, at] of [
      ['foundations', '2025-07-08T20:00:00.000Z'],
      ['foundations', '2025-05-08T20:00:00.000Z'],
      ['other', '2025-07-08T20:00:00.000Z'],
    ] as const)
      await stores.changes.add({
        ...{ at, person: 'console:local:paperboy', channel: undefined, action: 'expansion' },
        value: { kind: 'expansion', topicsHash: 'hash', text: '# Gears', model: 'gears-1', askedFor, costUsd: 0.0003 },
      });
    expect(await lines('stats')).toContain(
      'Other costs: $0.0020 for questions, $0.0003 for expanding the topics, $0.0104 for rescoring 21 papers',
    );
    await again('2025-07-08T21:00:00.000Z', { papers: 1 });
    await ask(undefined);
    expect(await lines('stats')).toContain(
      'Other costs: an unknown amount for questions, $0.0003 for expanding the topics, $0.0104 and an unknown amount for rescoring 22 papers',
    );
  });

  it('shows the cost of doctor --ask', async () => {
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    await stores.scores.saveRubric(rubricOf({ hash: `${checkRubricPrefix}1` }));
    const at = '2025-07-08T13:00:00.000Z';
    const call = { channel: 'foundations', date: '2025-07-08', model: 'gpt-test', at, boundUsd: 0 };
    const id = await stores.ledger.book({ ...call, rubric: `${checkRubricPrefix}1` }, 1, '2025-07-08T04:00:00.000Z');
    const usage = { promptTokens: 9, cachedTokens: 0, completionTokens: 1, costUsd: 0.0004 };
    await stores.ledger.settle(id ?? 0, usage, undefined);
    expect(await lines('stats')).toContain('Other costs: $0.0004 for doctor --ask');
  });

  it('shows the cost of retracted digests until they are remade', async () => {
    const retracted = (date: string, more: object) =>
      stores.changes.add({
        ...{ at: '2025-07-08T20:00:00.000Z', person: 'slack:T1:U1', channel: 'foundations', action: 'retract' },
        value: { date, rubric: 'rubric-1', createdAt: '2025-07-08T13:00:00.000Z', costUsd: 0.0312, ...more },
      });
    await retracted('2025-05-08', {});
    await retracted('2025-07-08', { costUsd: 0.02 });
    await retracted('2025-07-08', {});
    // The cost of the retracted digest includes it.
    const value = { papers: 5, rubric: 'rubric-1', costUsd: 0.5 };
    const at = '2025-07-08T12:00:00.000Z';
    await stores.changes.add({ at, person: 'slack:T1:U1', channel: 'foundations', action: 'rescore', value });
    expect(await lines('stats')).toContain('Other costs: $0.0312 for a retracted digest.');
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    expect((await lines('stats')).join()).not.toContain('retracted');
    await retracted('2025-07-08', { rubric: 'rubric-0', costUsd: null });
    await retracted('2025-07-07', {});
    expect(await lines('stats')).toContain('Other costs: $0.0312 and an unknown amount for 2 retracted digests');
  });

  it('names the newest digest if nothing was posted', async () => {
    expect(await lines('stats')).toEqual([
      'Nothing was posted in the last 30 days. There is no digest yet.',
      '[Status: status]',
    ]);
    await savePosted(stores, '2025-01-08', [{ id: '2501.00001' }]);
    expect(await lines('stats')).toEqual([
      'Nothing was posted in the last 30 days. The newest digest is that of 8 January 2025.',
      '[Last 365 days: stats 365]',
    ]);
  });

  it.each([
    ['stats 0', '0 is out of range; write a whole number from 1 to 365.'],
    ['stats 366', '366 is out of range; write a whole number from 1 to 365.'],
    ['stats weekly', '"weekly" is not an option here. Try /arxiv stats or /arxiv stats 90.'],
  ])('says what to type instead of "%s"', async (text, advice) => {
    await expect(lines(text)).rejects.toThrow(advice);
  });

  it('asks for the channel if the destination has none', async () => {
    await expect(lines('stats', { channel: undefined })).rejects.toThrow('does not post here');
  });
});

describe('status', () => {
  const well: ChannelStatus = {
    engine: 'gpt-test',
    budgetLeftUsd: 0.9,
    lastRun: { at: '2025-07-08T13:00:00Z', text: 'posted 20 papers' },
    nextRun: '2025-07-09T13:00:00Z',
    progress: undefined,
    complaints: [],
  };
  const berlin = registryOf([channelOf({ timezone: 'Europe/Berlin' })]);

  it('shows runs in the channel’s time zone, scorer and budget', async () => {
    expect(await lines('status', { channels: berlin, services: { status: async () => well } })).toEqual([
      'foundations: no problems',
      'Last run: Tue, 8 July 2025, 15:00 (Europe/Berlin) · posted 20 papers',
      'Next run: Wed, 9 July 2025, 15:00 (Europe/Berlin)',
      'Scored by: gpt-test',
      'Budget left today: $0.90',
      '[Stats: stats]',
      '[Newest papers: top]',
    ]);
  });

  it('shows what the prefilter did', async () => {
    const prefilter = {
      date: '2025-07-08',
      text: 'screened out 71 of 185 papers; about 98% of picks kept (96–99%), measured on 14 days',
    };
    expect(await lines('status', { services: { status: async () => ({ ...well, prefilter }) } })).toContain(
      'Prefilter: screened out 71 of 185 papers; about 98% of picks kept (96–99%), measured on 14 days (8 July 2025)',
    );
  });

  it('shows problems first, then the progress', async () => {
    const complaints = [
      { text: 'Slack rejects the token.', fix: 'Set SLACK_BOT_TOKEN anew.' },
      { text: 'arXiv is out of reach.', fix: undefined },
    ];
    const bad = { ...well, complaints, progress: { scored: 40, toScore: 646 }, lastRun: undefined, nextRun: undefined };
    const shown = await lines('status', { services: { status: async () => bad } });
    expect(shown.slice(0, 6)).toEqual([
      'foundations: 2 problems',
      'Slack rejects the token. Set SLACK_BOT_TOKEN anew.',
      'arXiv is out of reach.',
      'Now: scoring, 40 of 646 papers done',
      'Last run: none yet',
      'Next run: after the current run',
    ]);
  });

  it('shows for whom a run waits', async () => {
    const shown = await lines('status', {
      services: { status: async () => ({ ...well, waitsFor: 'process 7 on desk' }) },
    });
    expect(shown).toContain('Now: waiting for process 7 on desk, which is working on this channel');
  });

  it('shows what is scored in a batch', async () => {
    const shown = await lines('status', {
      services: { status: async () => ({ ...well, batch: { papers: 812, at: '2025-07-08T12:30:00.000Z' } }) },
    });
    const line = shown.find((one) => one.startsWith('Batch: '));
    expect(line).toMatch(/^Batch: 812 papers at half price, sent .*30 \(America\/New_York\)$/);
  });

  it('says how to resume a paused channel', async () => {
    const channels = registryOf([channelOf({ isPaused: true })]);
    const shown = await lines('status', { channels, services: { status: async () => well } });
    expect(shown[0]).toBe('foundations: paused, no problems');
    expect(shown).toContain('Next run: none while paused; managers can type /arxiv resume');
    const bad = { ...well, complaints: [{ text: 'arXiv is out of reach.', fix: undefined }] };
    const [heading] = await lines('status', { channels, services: { status: async () => bad } });
    expect(heading).toBe('foundations: paused, 1 problem');
  });

  it('shows all channels to an admin if the destination has none, and none to others', async () => {
    const channels = registryOf([channelOf(), channelOf({ name: 'robots' })]);
    const asking = { channels, channel: undefined, services: { status: async () => well } };
    const shown = await lines('status', { ...asking, admins: ['slack:T1:U1'] });
    expect(shown.filter((line) => line.endsWith('no problems'))).toEqual([
      'foundations: no problems',
      'robots: no problems',
    ]);
    expect((await lines('status', asking))[0]).toBe(
      'Paperboy is running, but does not post here. An admin can set it up with /arxiv here.',
    );
  });
});
