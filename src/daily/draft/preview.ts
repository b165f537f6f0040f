import type { Score, Scorer } from '../../core/score.ts';
import type { Services } from '../../core/services.ts';
import type { ScoreStore } from '../../core/stores.ts';
import type { Collector } from '../collect/collect.ts';
import { type DraftParts, draftDigest } from './draft.ts';

export type PreviewParts = Omit<DraftParts, 'scorers' | 'onProgress'> & {
  /** The built-in scorer. */
  local: Scorer;
  /** Name of the language model whose stored scores are used; undefined where none is configured. */
  model: string | undefined;
  collector(): Collector;
};

/** A language model that is asked nothing: only its stored scores count. */
const storedScores = (model: string): Scorer => ({
  engine: 'openai',
  model: () => model,
  // biome-ignore lint/correctness/useYield: it has no verdicts of its own
  score: async function* () {
    return { kind: 'budget', reason: 'a preview pays for nothing' };
  },
});

/** Scores as they are stored; what is added is handed back and forgotten, so that no paper's history tells of it. */
const withoutStoring = (scores: ScoreStore): ScoreStore => ({
  ...scores,
  saveRubric: async () => {},
  // Ids below 0 are no stored score's.
  add: async ({ rubric, engine, model }, verdicts, createdAt) =>
    verdicts.map((verdict, index): Score => {
      return { ...verdict, scoreId: -1 - index, ...{ rubric, engine, model }, attempt: 1, createdAt };
    }),
});

/**
 * What a day's digest would be under a channel's settings, without paying: by stored scores, else by the built-in scorer, or
 * by that alone. Nothing of it is kept.
 * Categories of which nothing is stored yet are collected first; then the digest is of their newest announcement.
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
