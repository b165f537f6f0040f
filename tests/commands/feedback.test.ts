import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import type { LearnedFeedback } from '../../src/core/votes.ts';
import { createLearner } from '../../src/scoring/votes/learner.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { savePosted } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const learned: LearnedFeedback = {
  votes: 12,
  voters: 3,
  bounds: { up: 1.2, down: 0.7 },
  liked: [{ words: 'quantization', strength: 0.4, liked: 5, disliked: 1 }],
  disliked: [{ words: 'diffusion', strength: -0.2, liked: 0, disliked: 4 }],
  resetAt: undefined,
};
const say = (text: string, found: Partial<LearnedFeedback> = {}, admins = ['slack:T1:U1']) =>
  ask(stores, text, { admins, services: { feedback: async () => ({ ...learned, ...found }) } });

describe('feedback', () => {
  it('shows what was learned, from how many people, and how far it moves a paper', async () => {
    const message = await say('feedback');
    const lines = linesOf(message);
    expect(lines).toContain('quantization 5 👍 1 👎');
    expect(lines).toContain('diffusion 0 👍 4 👎');
    expect(lines.join('\n')).toContain('12 votes by 3 people.');
    expect(lines.join('\n')).toContain('up by at most 1.2 points (of 20) and down by at most 0.7');
    expect(lines).toContain('[Reset: feedback reset]');
    const charts = message.blocks.flatMap((block) => (block.type === 'chart' ? block.chart.bars : []));
    expect(charts.map(({ value }) => value)).toEqual([100, 50]);
  });

  it('says how to vote, and since when votes count', async () => {
    const lines = linesOf(await say('feedback', { votes: 0, resetAt: '2025-07-07T13:00:00.000Z' }));
    expect(lines.join('\n')).toContain('React to papers with 👍 or 👎');
    expect(lines.join('\n')).toMatch(/Votes before .* do not count/);
  });

  it('shows how well votes were predicted, once that is known', async () => {
    const figures = { auc: 0.8123, brier: 0.1678 };
    const measure = { predicted: 40, votes: figures, scores: { auc: 0.5, brier: 0.25 }, rocchio: figures };
    const lines = linesOf(await say('feedback', { measure })).join('\n');
    expect(lines).toContain('the newest 40 votes');
    expect(lines).toContain('By earlier votes: AUC 0.81, Brier score 0.17');
    expect(lines).toContain('By scores alone: AUC 0.50, Brier score 0.25');
    expect(linesOf(await say('feedback')).join('\n')).not.toContain('AUC');
  });

  it('shows how well votes were predicted from 30 votes on, and not at 29', async () => {
    const learner = createLearner(stores, createSteppingClock('2025-07-09T13:00:00Z'));
    const feedback = async () => {
      const services = {
        feedback: ({ name }: { name: string }) => learner.learned(name, new AbortController().signal),
      };
      return linesOf(await ask(stores, 'feedback', { services })).join('\n');
    };
    const vote = (date: string, rank: number) =>
      stores.reactions.add(
        {
          message: { destination: 'slack:T1:C1', messageId: `${date}-${rank}` },
          person: 'slack:T1:U1',
          emoji: rank % 2 === 1 ? '+1' : '-1',
        },
        `${date}T14:00:00.000Z`,
      );
    for (const [day, date] of ['2025-07-03', '2025-07-07', '2025-07-08'].entries()) {
      const posted = Array.from({ length: 10 }, (_, index) => ({
        id: `2507.${day}000${index}`,
        paper: { title: index % 2 === 0 ? 'Coral reefs' : 'Sorting networks' },
      }));
      await savePosted(stores, date, posted);
      for (let rank = 1; rank <= (day === 2 ? 9 : 10); rank += 1) await vote(date, rank);
    }
    const before = await feedback();
    expect(before).toContain('29 votes by one person.');
    expect(before).not.toContain('AUC');
    await vote('2025-07-08', 10);
    const after = await feedback();
    expect(after).toContain('How well the newest 20 votes could be predicted before they were cast:');
    expect(after).toMatch(/By earlier votes: AUC \d\.\d\d, Brier score \d\.\d\d/);
  });

  it('asks before it resets, then logs the reset', async () => {
    expect(linesOf(await say('feedback reset'))).toContain('[Reset: feedback reset confirmed]');
    expect(await stores.changes.list('foundations')).toEqual([]);
    expect(linesOf(await say('feedback reset confirmed'))[0]).toContain(
      'Feedback reset: 12 votes no longer count in foundations.',
    );
    expect(await stores.changes.list('foundations', 'feedback')).toMatchObject([{ person: 'slack:T1:U1' }]);
    expect(linesOf(await say('history')).join('\n')).toContain('reset the feedback');
  });

  it('lets only managers reset it', async () => {
    await expect(say('feedback reset', {}, [])).rejects.toThrow();
    await expect(say('feedback reset confirmed', {}, [])).rejects.toThrow();
    expect(linesOf(await say('feedback', {}, [])).join('\n')).not.toContain('Reset');
    expect(await stores.changes.list('foundations')).toEqual([]);
  });
});
