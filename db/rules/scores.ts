import type { Engine, Score } from '../../src/core/score.ts';
import { versionKey } from './papers.ts';

export type ScoreRow = Pick<
  Score,
  'scoreId' | 'paperId' | 'version' | 'rubric' | 'model' | 'attempt' | 'comment' | 'createdAt'
> & {
  engine: Engine;
  relevance: number | null;
  novelty: number | null;
  position: number | null;
  of: number | null;
  match: number | null;
};

/** @throws Error if the row lacks a value that its engine always stores. */
export const scoreOf = (row: ScoreRow): Score => {
  const { engine, relevance, novelty, position, of, match, ...stored } = row;
  const known = (value: number | null): number => {
    if (value === null) throw new Error(`score ${row.scoreId} by ${engine} is incomplete`);
    return value;
  };
  return engine === 'local'
    ? { ...stored, engine, position: known(position), of: known(of), match: known(match) }
    : { ...stored, engine, relevance: known(relevance), novelty: known(novelty) };
};

/** A language model's verdict has no position, the built-in scorer's no points. */
export const withoutPoints = { relevance: null, novelty: null, position: null, of: null, match: null };

/** By paper. A language model's score goes before the built-in scorer's. @param rows At most one for each engine. */
export const currentByPaper = (rows: readonly ScoreRow[]): Map<string, Score> => {
  const isByModel = ({ engine }: ScoreRow): number => Number(engine !== 'local');
  // For each paper, the map keeps the last score.
  return new Map(rows.toSorted((a, b) => isByModel(a) - isByModel(b)).map((row) => [row.paperId, scoreOf(row)]));
};

type OfVersion = { paperId: string; version: number };

/** The scores of papers in the order of these papers. */
export const inOrderOf = (papers: readonly OfVersion[], scores: readonly Score[]): Score[] => {
  const keyOf = ({ paperId: id, version }: OfVersion): string => versionKey({ id, version });
  const positions = new Map(papers.map((paper, position) => [keyOf(paper), position]));
  const positionOf = (score: Score): number => positions.get(keyOf(score)) ?? 0;
  return scores.toSorted((a, b) => positionOf(a) - positionOf(b));
};
