import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createLearner } from '../../../src/scoring/votes/learner.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { digestOf, entryOf, paperOf, rubricOf } from '../../fakes/fixtures.ts';

const { signal } = new AbortController();
const destination = 'slack:T1:C1';
let stores: Stores;
const learnerAt = (now: string) => createLearner(stores, createSteppingClock(now));

beforeEach(async () => {
  stores = openStores(':memory:');
  const ids = Array.from({ length: 20 }, (_, index) => `2507.${10_000 + index}`);
  const papers = ids.map((id, index) =>
    paperOf(id, {
      title: index % 2 === 0 ? 'Weight quantization' : 'Diffusion samplers',
      abstract: index % 2 === 0 ? 'Quantization with few bits.' : 'A sampler draws images from noise.',
      authors: [`Author ${index}`],
    }),
  );
  await stores.announcements.savePapers(papers);
  await stores.scores.saveRubric(rubricOf());
  const scores = await stores.scores.add(
    { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' },
    ids.map((paperId) => ({ paperId, version: 1, relevance: 8, novelty: 7, comment: 'c' })),
    '2025-07-08T12:00:00.000Z',
  );
  const entries = scores.map((score, index) => entryOf(index + 1, papers[index] ?? paperOf(score.paperId), score));
  const digest = await stores.digests.create(digestOf(entries), '2025-07-08T12:00:00.000Z', [destination]);
  for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, destination)) {
    await stores.outbox.sent(deliveryId, { destination, messageId: `1.${rank}` }, 1);
    if (rank === 0) continue;
    const reaction = {
      message: { destination, messageId: `1.${rank}` },
      person: 'slack:T1:U1',
      emoji: rank % 2 === 1 ? '+1' : '-1',
    };
    await stores.reactions.add(reaction, '2025-07-08T13:00:00.000Z');
  }
});
afterEach(() => stores.close());

const candidate = {
  ...paperOf('2507.20000', { title: 'Weight quantization again', abstract: 'Quantization with bits.' }),
  topic: undefined,
};

describe('what is learned from stored votes', () => {
  it('moves papers of the next day, only in the same channel', async () => {
    const { nudgesOf, learned } = learnerAt('2025-07-09T12:00:00Z');
    expect((await nudgesOf('foundations', [candidate], signal)).get('2507.20000')?.points).toBeGreaterThan(0.5);
    expect(await nudgesOf('other', [candidate], signal)).toEqual(new Map());
    expect(await learned('foundations', signal)).toMatchObject({ votes: 20, voters: 1, resetAt: undefined });
  });

  it('finds the papers most like those voted up, at most three in a hundred', async () => {
    const others = Array.from({ length: 60 }, (_, at) =>
      paperOf(`2507.3${String(at).padStart(4, '0')}`, {
        title: `Gardens and rivers ${at}`,
        abstract: 'Ferries and lanterns.',
      }),
    );
    const day = [...others, candidate].map((paper) => ({ ...paper, topic: undefined }));
    const { likedOf } = learnerAt('2025-07-09T12:00:00Z');
    expect(await likedOf('foundations', day, signal)).toEqual(new Set(['2507.20000']));
    expect(await likedOf('other', day, signal)).toEqual(new Set());
    const alike = day.map((paper, at) => ({ ...candidate, id: `${paper.id}.${at}` }));
    const found = await likedOf('foundations', [...alike, ...day], signal);
    expect(found.size).toBeLessThanOrEqual(Math.ceil(0.03 * 2 * day.length));
  });

  it('ignores votes before a reset', async () => {
    const at = '2025-07-09T09:00:00.000Z';
    const reset = { at, person: 'slack:T1:U1', channel: 'foundations', action: 'feedback', value: {} } as const;
    await stores.changes.add(reset);
    const { nudgesOf, learned } = learnerAt('2025-07-09T12:00:00Z');
    expect(await nudgesOf('foundations', [candidate], signal)).toEqual(new Map());
    expect(await learned('foundations', signal)).toMatchObject({ votes: 0, liked: [], resetAt: at });
    const later = { message: { destination, messageId: '1.1' }, person: 'slack:T1:U2', emoji: '+1' };
    await stores.reactions.add(later, '2025-07-09T10:00:00.000Z');
    expect(await learned('foundations', signal)).toMatchObject({ votes: 1, voters: 1 });
  });
});
