import { openStores } from '../../../db/sqlite/index.ts';
import { withLease } from '../../../src/daily/lease.ts';
import { publish } from '../../../src/daily/publish/publish.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { type ScriptedPlatform, scriptedPlatform } from '../../fakes/daily.ts';
import { digestOf, entryOf, paperOf, rubricOf } from '../../fakes/fixtures.ts';
import { quietLogger } from '../../fakes/logger.ts';

const start = '2025-07-08T13:00:00Z';
export const general = 'slack:T1:C1';

/** The texts of a posted digest, in order. */
export const everything = ['Tuesday, 8 July 2025 · foundations', '1. Title of a', '2. Title of b'];

/** A stored digest of two papers, and a platform to post it to. */
export const createPosting = async () => {
  const stores = openStores(':memory:');
  const slack = scriptedPlatform();
  const clock = createSteppingClock(start);
  const papers = [paperOf('a'), paperOf('b')];
  await stores.announcements.savePapers(papers);
  await stores.scores.saveRubric(rubricOf());
  const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
  const verdicts = papers.map(({ id, version }) => ({ paperId: id, version, relevance: 9, novelty: 8, comment: 'c' }));
  const scores = await stores.scores.add(query, verdicts, start);
  const entries = scores.map((score, index) => entryOf(index + 1, paperOf(score.paperId), score));
  const digest = await stores.digests.create(digestOf(entries), start, []);
  return {
    ...{ stores, slack, clock, digest },
    post(destinations = ['slack:C1'], more: { platforms?: ScriptedPlatform[]; signal?: AbortSignal } = {}) {
      const platforms = new Map((more.platforms ?? [slack]).map((platform) => [platform.name as string, platform]));
      const { leases, outbox, earlyHeaders } = stores;
      const parts = {
        ...{ platforms, outbox, earlyHeaders, clock },
        outages: new Map(),
        logger: quietLogger,
        random: () => 1,
      };
      return withLease('channel foundations', { leases, clock }, more.signal ?? new AbortController().signal, (held) =>
        publish(digest, destinations, { ...parts, fill: true }, held),
      );
    },
    texts: (platform = slack) => platform.posted.map(({ text }) => text),
    statuses: async (destination = general) =>
      (await stores.outbox.list(digest.digestId, destination)).map(({ status }) => status),
  };
};

export type Posting = Awaited<ReturnType<typeof createPosting>>;
