import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stats } from '../../commands/stats.ts';
import { status } from '../../commands/status.ts';
import { openStores } from '../../db/index.ts';
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
      'Papers posted: 4 of 24 that were read, on 2 days with an announcement',
      'Cost: $0.0246, $0.0123 a day',
      'Votes: 2 👍 and 1 👎; 1 of 4 posted papers have more 👍 than 👎 (25 %)',
      'Papers posted, by day',
      '7 Jul 2',
      '8 Jul 2',
      'Cost, by day',
      '7 Jul $0.0123',
      '8 Jul $0.0123',
      'Posted papers that people liked, by topic',
      'Sparsity 50 % (1 of 2)',
      'Pruning 0 % (0 of 1)',
      'Other 0 % (0 of 1)',
      '[The last year: stats 365]',
      '[The best of the week: recap]',
    ]);
  });

  it('tells what the prefilter skipped', async () => {
    const prefilter = { skipped: 6, sampled: 1, recall: 0.98, days: 10 };
    await savePosted(stores, '2025-07-07', [{ id: '2507.00001' }], { prefilter });
    await savePosted(stores, '2025-07-08', [{ id: '2507.00003' }], { prefilter: { reason: 'there is too little' } });
    expect((await lines('stats')).slice(1, 3)).toEqual([
      'Papers posted: 2 of 18 that were read, on 2 days with an announcement',
      'Skipped as unlikely: 6 of 24 (25 %), which nobody paid for',
    ]);
  });

  it('puts more than a month together by week, over all of a year', async () => {
    await savePosted(stores, '2024-12-02', [{ id: '2412.00001' }], { usage: free });
    await savePosted(stores, '2025-07-01', [{ id: '2507.00001' }], { usage: free });
    await savePosted(stores, '2025-07-03', [{ id: '2507.00002' }], { usage: free });
    const shown = await lines('stats 365');
    expect(shown.slice(1, 7)).toEqual([
      'Papers posted: 3 of 36 that were read, on 3 days with an announcement',
      'Cost: nothing was paid',
      'Votes: none yet',
      'Papers posted, by week',
      '2 Dec 1',
      '30 Jun 2',
    ]);
    expect(shown.join()).not.toContain('Cost, by');
  });

  it('counts the first and the last day of the stretch, and none before', async () => {
    await savePosted(stores, '2025-07-06', [{ id: '2507.00001' }]);
    await savePosted(stores, '2025-07-07', [{ id: '2507.00002' }]);
    await savePosted(stores, '2025-07-08', [{ id: '2507.00003' }]);
    expect((await lines('stats 2'))[1]).toContain('2 of 24');
    expect((await lines('stats 1'))[1]).toContain('1 of 12');
  });

  it('says which cost is not known', async () => {
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }], { usage: { ...free, costUsd: undefined } });
    expect(await lines('stats')).toContain('Cost: $0.00, and what 1 day cost is not known');
  });

  it('tells what questions and asking again cost besides the digests, and nothing twice', async () => {
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
    // Before the digest was made, under the same rubric: it is in the digest's own cost.
    await again('2025-07-08T05:00:00.000Z', { papers: 5, rubric: 'rubric-1', costUsd: 0.5 });
    // So it is where no digest was there, whatever the times; and one that was there does not count it.
    await again('2025-07-08T20:00:00.000Z', { papers: 5, rubric: 'rubric-1', costUsd: 0.5, after: null });
    expect(await lines('stats')).toContain('Besides: $0.0020 for questions, $0.0100 for asking about 20 papers again');
    const after = (await stores.digests.find('foundations', '2025-07-08'))?.createdAt;
    await again('2025-07-08T05:00:00.000Z', { papers: 1, rubric: 'rubric-1', costUsd: 0.0004, after });
    expect(await lines('stats')).toContain('Besides: $0.0020 for questions, $0.0104 for asking about 21 papers again');
    await again('2025-07-08T21:00:00.000Z', { papers: 1 });
    await ask(undefined);
    expect(await lines('stats')).toContain(
      'Besides: an amount that is not known for questions, $0.0104 and an amount that is not known for asking about 22 papers again',
    );
  });

  it('tells what digests cost that were taken back, until they are made anew', async () => {
    const retracted = (date: string, more: object) =>
      stores.changes.add({
        ...{ at: '2025-07-08T20:00:00.000Z', person: 'slack:T1:U1', channel: 'foundations', action: 'retract' },
        value: { date, rubric: 'rubric-1', createdAt: '2025-07-08T13:00:00.000Z', costUsd: 0.0312, ...more },
      });
    await retracted('2025-05-08', {});
    await retracted('2025-07-08', { costUsd: 0.02 });
    await retracted('2025-07-08', {});
    // It is in the cost of the digest that was taken back.
    const value = { papers: 5, rubric: 'rubric-1', costUsd: 0.5 };
    const at = '2025-07-08T12:00:00.000Z';
    await stores.changes.add({ at, person: 'slack:T1:U1', channel: 'foundations', action: 'rescore', value });
    expect(await lines('stats')).toContain('Paid all the same: $0.0312 for a digest that was taken back.');
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    expect((await lines('stats')).join()).not.toContain('taken back');
    await retracted('2025-07-08', { rubric: 'rubric-0', costUsd: null });
    await retracted('2025-07-07', {});
    expect(await lines('stats')).toContain(
      'Besides: $0.0312 and an amount that is not known for 2 digests that were taken back',
    );
  });

  it('says when something was posted last where the days have nothing', async () => {
    expect(await lines('stats')).toEqual([
      'Nothing was posted in the last 30 days: there is no digest yet.',
      '[What am I doing?: status]',
    ]);
    await savePosted(stores, '2025-01-08', [{ id: '2501.00001' }]);
    expect(await lines('stats')).toEqual([
      'Nothing was posted in the last 30 days; the newest digest is of 8 January 2025.',
      '[The last year: stats 365]',
    ]);
  });

  it.each([
    ['stats 0', '0 is out of range; write a whole number from 1 to 365.'],
    ['stats 366', '366 is out of range; write a whole number from 1 to 365.'],
    ['stats weekly', '"weekly" does not fit here; type /arxiv stats or /arxiv stats 90.'],
  ])('says of "%s" what to type', async (text, advice) => {
    await expect(lines(text)).rejects.toThrow(advice);
  });

  it('asks for the channel in a place of none', async () => {
    await expect(lines('stats', { channel: undefined })).rejects.toThrow('which channel');
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

  it('tells runs in the channel’s time zone, engine and budget', async () => {
    expect(await lines('status', { channels: berlin, services: { status: async () => well } })).toEqual([
      'foundations: all is well',
      'Last run: Tue, 8 July 2025, 15:00 (Europe/Berlin) · posted 20 papers',
      'Next run: Wed, 9 July 2025, 15:00 (Europe/Berlin)',
      'Scored by: gpt-test',
      'Left of today’s budget: $0.90',
      '[Numbers: stats]',
      '[Newest papers: top]',
    ]);
  });

  it('tells what the prefilter did', async () => {
    const prefilter = { date: '2025-07-08', text: 'screened out 71 of 185 papers, keeping about 98 % of the picks' };
    expect(await lines('status', { services: { status: async () => ({ ...well, prefilter }) } })).toContain(
      'Prefilter: screened out 71 of 185 papers, keeping about 98 % of the picks (8 July 2025)',
    );
  });

  it('tells first what is wrong and what to do, and how far it is', async () => {
    const complaints = [
      { text: 'Slack refuses the token.', fix: 'Set SLACK_BOT_TOKEN anew.' },
      { text: 'arXiv is out of reach.', fix: undefined },
    ];
    const bad = { ...well, complaints, progress: { scored: 40, toScore: 646 }, lastRun: undefined, nextRun: undefined };
    const shown = await lines('status', { services: { status: async () => bad } });
    expect(shown.slice(0, 6)).toEqual([
      'foundations: 2 things are wrong',
      'Slack refuses the token. Set SLACK_BOT_TOKEN anew.',
      'arXiv is out of reach.',
      'Now: scoring, 40 of 646 papers done',
      'Last run: none yet',
      'Next run: after the one that is under way',
    ]);
  });

  it('says how a paused channel goes on', async () => {
    const channels = registryOf([channelOf({ isPaused: true })]);
    const shown = await lines('status', { channels, services: { status: async () => well } });
    expect(shown[0]).toBe('foundations: paused; all else is well');
    expect(shown).toContain('Next run: none, it is paused; a manager starts it again with /arxiv resume');
    const bad = { ...well, complaints: [{ text: 'arXiv is out of reach.', fix: undefined }] };
    const [heading] = await lines('status', { channels, services: { status: async () => bad } });
    expect(heading).toBe('foundations: paused; one thing is wrong');
  });

  it('tells of all channels in a place of none', async () => {
    const channels = registryOf([channelOf(), channelOf({ name: 'robots' })]);
    const shown = await lines('status', { channels, channel: undefined, services: { status: async () => well } });
    expect(shown.filter((line) => line.endsWith('all is well'))).toEqual([
      'foundations: all is well',
      'robots: all is well',
    ]);
  });
});
