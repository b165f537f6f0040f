import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Scorer } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { runChannel } from '../../src/daily/run.ts';
import { announcementOf, evenScorer, scriptedPlatform, scriptedSource } from '../fakes/daily.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { runPartsOf } from '../fakes/run.ts';

const date = '2025-07-08';
const categories = ['cs.LG', 'cs.AI'];

let stores: Stores;
const statements: string[] = [];
beforeEach(() => {
  statements.length = 0;
  stores = openStores(':memory:', { onStatement: (sql) => statements.push(String(sql)) });
});
afterEach(() => stores.close());

it('channels that run together draft a few at a time, and request and store each announcement once', async () => {
  const channels = Array.from({ length: 30 }, (_, at) => {
    const channel = channelOf({ name: `channel-${at}`, post: [`slack:C${at}`], categories });
    // Channels with one rubric would wait for each other's scores.
    return { ...channel, rubric: { ...channel.rubric, hash: `rubric-${at}` } };
  });
  const even = evenScorer(9, 9);
  let [drafting, most] = [0, 0];
  const scorer: Scorer = {
    ...even,
    async *score(task) {
      drafting += 1;
      most = Math.max(most, drafting);
      try {
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
        return yield* even.score(task);
      } finally {
        drafting -= 1;
      }
    },
  };
  const newest = Object.fromEntries(
    categories.map((category) => [category, announcementOf(category, date, [`${category} 1`, `${category} 2`])]),
  );
  const source = scriptedSource({ newest });
  const parts = runPartsOf(`${date}T13:00:00Z`, {
    ...{ stores, source, scorers: [scorer], platforms: [scriptedPlatform()] },
  });
  const { signal } = new AbortController();
  const results = await Promise.all(channels.map((channel) => runChannel(channel, {}, parts, signal)));
  expect(results.map(({ status, sent }) => [status, sent])).toEqual(channels.map(() => ['posted', 4]));
  expect(most).toBe(8);
  expect(source.calls).toEqual(['newest cs.LG', 'newest cs.AI']);
  expect(statements.filter((sql) => /^insert into "announcements"/i.test(sql))).toHaveLength(categories.length);
});
