import { asScore, type Scorer } from '../../core/score.ts';
import type { Services } from '../../core/services.ts';
import type { ScoreStore } from '../../core/stores.ts';
import type { Collector } from '../collect/collect.ts';
import { type DraftParts, draftDigest } from './draft.ts';

export type PreviewParts = Omit<DraftParts, 'scorers' | 'onProgress'> & {
  local: Scorer;
  model: string | undefined;
  collector(): Collector;
};

const storedScores = (model: string): Scorer => ({
  engine: 'openai',
  model: () => model,
  // biome-ignore lint/correctness/useYield: it has no verdicts
  score: async function* () {
    return { kind: 'budget', reason: 'previews make no paid calls' };
  },
});

/** Returns added scores without storing them, so that previews do not change a paper's history. */
const withoutStoring = (scores: ScoreStore): ScoreStore => ({
  ...scores,
  saveRubric: async () => {},
  // Negative, so that it cannot be a stored score's id.
  add: async ({ rubric, engine, model }, verdicts, createdAt) =>
    verdicts.map((verdict, index) =>
      asScore(verdict, engine, { scoreId: -1 - index, rubric, model, attempt: 1, createdAt }),
    ),
});

/**
 * Drafts a digest under other settings, at no cost: with stored scores and then the built-in scorer, or with the
 * built-in scorer alone. If nothing is stored for the categories, collects their newest announcement. Stores nothing
 * else.
 */
export const createPreview =
  ({ local, model, collector, ...parts }: PreviewParts): Services['draft'] =>
  async (channel, wanted, signal, only) => {
    const { announcements } = parts.stores;
    let date = wanted;
    if (!(await announcements.has(date, channel.categories))) {
      if ((await announcements.newestDate(channel.categories)) !== undefined) return undefined;
      const collected = await collector().newest(channel.categories, signal);
      if (collected.kind !== 'complete') return undefined;
      date = collected.date;
    }
    const announced = await announcements.read(date, channel.categories);
    if (announced.length === 0) return undefined;
    const stores = { ...parts.stores, scores: withoutStoring(parts.stores.scores) };
    const scorers = model === undefined || only === 'local' ? [local] : [storedScores(model), local];
    return draftDigest(channel, { date, announced, remedial: undefined }, { ...parts, stores, scorers }, signal);
  };
