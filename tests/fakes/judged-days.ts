import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stores } from '../../src/core/stores.ts';
import { inventedDay } from '../scoring/built-in/papers.ts';
import { digestOf, entryOf, paperOf, rubricOf } from './fixtures.ts';

/**
 * Stores posted days of the channel `foundations`, each with `papers` papers of relevance 2 to 10. The first two of each day are
 * posted; on days in `liked` the first has a 👍, the second a 👍 and a 👎.
 */
export const storeJudgedDays = async (
  stores: Stores,
  dates: readonly string[],
  {
    papers = 6,
    liked = dates,
    channel = 'foundations',
  }: { papers?: number; liked?: readonly string[]; channel?: string } = {},
): Promise<void> => {
  await stores.scores.saveRubric(rubricOf());
  for (const [at, date] of dates.entries()) {
    const all = Array.from({ length: papers }, (_, index) => paperOf(`25${at + 10}.0000${index}`));
    const announced = all.map((paper) => ({ paper, type: 'new' as const }));
    await stores.announcements.save({ date, category: 'cs.LG', papers: announced });
    await stores.announcements.save({ date, category: 'cs.AI', papers: [] });
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
    const verdicts = all.map(({ id, version }, index) => {
      return { paperId: id, version, relevance: Math.max(2, 10 - index), novelty: 8, comment: '' };
    });
    const scores = await stores.scores.add(query, verdicts, `${date}T12:00:00.000Z`);
    const entries = all.slice(0, 2).flatMap((paper, index) => {
      const score = scores[index];
      return score ? [entryOf(index + 1, paper, score)] : [];
    });
    const digest = await stores.digests.create(digestOf(entries, { date, channel }), `${date}T13:00:00.000Z`, []);
    const destination = 'slack:T1:C1';
    await stores.outbox.enqueue(digest, [destination]);
    for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, destination)) {
      const message = { destination, messageId: `${date}.${rank}` };
      await stores.outbox.sent(deliveryId, message, 1);
      if (rank === 0 || !liked.includes(date)) continue;
      await stores.reactions.add({ message, person: 'slack:T1:U1', emoji: '+1' }, `${date}T14:00:00.000Z`);
      if (rank === 2)
        await stores.reactions.add({ message, person: 'slack:T1:U2', emoji: '-1' }, `${date}T14:00:00.000Z`);
    }
  }
};

/** The topic of the picks in `writeDayFiles`. */
export const compressionTopics = '1. Model Compression\n   - Relevant: Sparsity, pruning, quantization, KV cache.\n';

/** Writes a folder of invented day files from 2025-01-01 on. The picks are the papers with the most words on compression. */
export const writeDayFiles = async (folder: string, count: number, papers: number): Promise<void> => {
  await mkdir(folder);
  for (let at = 1; at <= count; at += 1) {
    const date = `2025-01-0${at}`;
    const day = inventedDay(`d${at}`, papers, at);
    const labels = day.filter(
      ({ abstract }) => (abstract.match(/pruning|quantization|sparsity|cache/g) ?? []).length > 4,
    );
    const file = {
      date,
      papers: day.map((paper) => ({ ...paper, authors: ['Ada First'] })),
      labels: Object.fromEntries(labels.map(({ id }) => [id, { relevance: 9, novelty: 8 }])),
    };
    await writeFile(join(folder, `${date}.json`), JSON.stringify(file));
  }
};
