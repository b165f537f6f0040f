import { createHash } from 'node:crypto';
import type { Sampling } from '../../core/screening.ts';

export const sampling: Sampling = { near: 0.25, reach: 0.1, far: 0.01 };

/**
 * The probability that a paper is read: 1 above the line, that of the sample below it. Its inverse is the weight of the
 * paper in an estimate (D. Horvitz and D. Thompson, "A generalization of sampling without replacement from a finite
 * universe", 1952).
 * @param position Of the paper, as a share of the day, 0 to 1.
 * @param line Position of the last paper above the line, 0 to 1.
 */
export const probabilityOf = (position: number, line: number, { near, reach, far }: Sampling): number =>
  position <= line ? 1 : Math.max(far, near * Math.exp((line - position) / reach));

/**
 * Depends only on the id and the probability, so that a restarted run samples the same papers, and channels with the
 * same rubric mostly the same.
 */
export const isSampled = (paperId: string, probability: number): boolean =>
  createHash('sha256').update(paperId).digest().readUInt32BE(0) / 2 ** 32 < probability;
