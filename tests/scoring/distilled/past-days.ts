import type { AuthoredPaper, PastDay, PrefilterTask } from '../../../src/core/score.ts';
import { createSequence, inventedPaper } from '../built-in/papers.ts';

export const topics = `1. Model Compression
   - Relevant: Sparsity, pruning, quantization, low-rank approaches, KV cache.
   - Irrelevant: Straightforward applications.
`;

/** One paper in `every` is about lighthouses, which the model likes and the topics file does not name. */
const every = 5;

export const dayPapers = (prefix: string, count: number, seed: number): AuthoredPaper[] => {
  const next = createSequence(seed);
  return Array.from({ length: count }, (_, index) => {
    const paper = inventedPaper(`${prefix}.${index}`, next() * 0.1, next);
    const abstract = paper.abstract.replaceAll('lighthouse', 'ferry');
    const text = index % every === 0 ? `${abstract} lighthouse keeper` : abstract;
    return { ...paper, abstract: text, authors: [`Author ${Math.floor(next() * 50)}`] };
  });
};

export const isLiked = ({ abstract }: AuthoredPaper): boolean => abstract.includes('lighthouse');

export const liked = { relevance: 9, novelty: 8 };
export const disliked = { relevance: 2, novelty: 7 };

export const pastDays = (count: number): PastDay[] =>
  Array.from({ length: count }, (_, at) => ({
    date: `2025-06-${String(at + 1).padStart(2, '0')}`,
    papers: dayPapers(`past${at}`, 40, at + 1).map((paper) => ({
      ...{ paper, isSampled: false },
      score: isLiked(paper) ? liked : disliked,
    })),
  }));

export const prefilterTask = (more: Partial<PrefilterTask> = {}): PrefilterTask => ({
  days: pastDays(20),
  papers: dayPapers('today', 40, 99),
  cutoffs: { relevance: 7, novelty: 6 },
  ...{ topics, targetRecall: 0.95, sampleShare: 0.05 },
  ...more,
});
