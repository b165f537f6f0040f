import { platforms } from '../../src/chat/platforms.ts';
import type { DigestDraft } from '../../src/core/digest.ts';
import type { PastRun } from '../../src/core/run.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createHealthModel, type HealthModel, type HealthView } from '../../src/monitoring/health-model.ts';
import { createSteppingClock, type SteppingClock } from './clock.ts';
import { channelOf, digestOf, entryOf, paperOf, rubricOf } from './fixtures.ts';
import { quietLogger } from './logger.ts';

const healthView: HealthView = {
  channels: () => [channelOf({ post: ['slack:C1', 'discord:1', 'web:foundations'] })],
  platforms: () => ['slack', 'discord', 'web'],
  hasModel: true,
  hasBackups: true,
  descriptors: platforms,
};

/** A health model at nine in the morning in New York, for one channel on Slack, Discord and the web. */
export const healthOf = (
  stores: Pick<Stores, 'health'>,
  {
    view = {},
    clock = createSteppingClock('2025-07-08T13:00:00Z'),
  }: { view?: Partial<HealthView>; clock?: SteppingClock } = {},
): HealthModel & { clock: SteppingClock } => {
  const parts = { store: stores.health, view: { ...healthView, ...view }, clock, logger: quietLogger };
  return { ...createHealthModel(parts), clock };
};

export const pastRun = (endedAt: string, more: Partial<PastRun> = {}): PastRun => ({
  ...{ channel: 'foundations', startedAt: endedAt, endedAt, status: 'posted', date: '2025-07-08', sent: 7 },
  reasons: [],
  ...more,
});

/** Stores a digest of one paper for two destinations, so four deliveries. */
export const storeDigest = async (stores: Stores, id: string, more: Partial<DigestDraft> = {}): Promise<void> => {
  await stores.announcements.savePapers([paperOf(id)]);
  await stores.scores.saveRubric(rubricOf());
  const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
  const verdict = { paperId: id, version: 1, relevance: 9, novelty: 8, comment: `Comment on ${id}.` };
  const scores = await stores.scores.add(query, [verdict], '2025-07-08T13:00:00.000Z');
  const entries = scores.map((score, index) => entryOf(index + 1, paperOf(id), score));
  await stores.digests.create(digestOf(entries, more), `${more.date ?? '2025-07-08'}T13:00:00.000Z`, [
    'web',
    'slack:C1',
  ]);
};
