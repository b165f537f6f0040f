import { createHash } from 'node:crypto';
import type { Cutoffs, Points } from '../../../src/core/score.ts';
import type { JudgedDay } from '../../evaluation/days.ts';

export type LabeledVerdict = Points & {
  id: string;
  title: string;
  comment: string;
  /** One sentence of the length that summaries have. */
  summary: string;
  isPicked: boolean;
};

const summaryWords = 20;

/** Depends only on the id. From 0 to 1. */
export const drawOf = (id: string, purpose: string): number =>
  createHash('sha256').update(`${purpose} ${id}`).digest().readUInt32BE(0) / 2 ** 32;

const below = (cutoff: number, draw: number): number => 1 + Math.floor(draw * (cutoff - 1));

/**
 * The verdicts of a model that agrees with the labels of the days. Papers without a label get scores below both cutoffs and
 * a comment that is as long as those of the picks.
 */
export const verdictsOf = (days: readonly JudgedDay[], cutoffs: Cutoffs): Map<string, LabeledVerdict> =>
  new Map(
    days.flatMap(({ papers }) =>
      papers.map(({ paper: { id, title, abstract }, picked, score, comment }): [string, LabeledVerdict] => {
        const summary = `${abstract.trim().split(/\s+/).slice(0, summaryWords).join(' ')}.`;
        if (picked && score) return [id, { ...score, id, title, summary, comment: comment ?? '', isPicked: true }];
        const scores = {
          relevance: below(cutoffs.relevance, drawOf(id, 'relevance')),
          novelty: below(cutoffs.novelty, drawOf(id, 'novelty')),
        };
        const text = `The paper is about ${title}, which does not closely match any of the listed criteria.`;
        return [id, { ...scores, id, title, summary, comment: text, isPicked: false }];
      }),
    ),
  );
