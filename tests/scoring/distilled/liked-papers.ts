import type { AuthoredPaper } from '../../../src/core/score.ts';
import type { PastPaper } from '../../../src/core/screening.ts';
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

export const isLiked = ({ abstract }: Pick<AuthoredPaper, 'abstract'>): boolean => abstract.includes('lighthouse');

export const scoredPapers = (days: number): PastPaper[] =>
  Array.from({ length: days }, (_, at) => dayPapers(`past${at}`, 40, at + 1))
    .flat()
    .map((paper) => ({ paper, score: isLiked(paper) ? { relevance: 9, novelty: 8 } : { relevance: 2, novelty: 7 } }));
