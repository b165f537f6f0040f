import type { Channel } from '../../src/core/channel.ts';
import type { DigestEntry, NewDigest } from '../../src/core/digest.ts';
import type { Paper } from '../../src/core/paper.ts';
import {
  type BuiltInScore,
  type BuiltInVerdict,
  isByModel,
  type ModelScore,
  type Points,
  type Rubric,
  type Score,
} from '../../src/core/score.ts';

export const paperOf = (id: string, more: Partial<Paper> = {}): Paper => ({
  id,
  version: 1,
  title: `Title of ${id}`,
  authors: ['Ada First', 'Ben Second'],
  abstract: `Abstract of ${id}.`,
  categories: ['cs.LG'],
  ...more,
});

export const rubricOf = (more: Partial<Rubric> = {}): Rubric => ({
  hash: 'rubric-1',
  template: 'template',
  topics: '1. Model Compression\n   - Relevant: quantization, pruning.\n   - Irrelevant: applications.\n',
  criteria: 'criteria',
  language: 'English',
  ...more,
});

export const channelOf = (more: Partial<Channel> = {}): Channel => ({
  name: 'foundations',
  timezone: 'America/New_York',
  schedule: '0 9 * * 1-5',
  post: ['console'],
  categories: ['cs.LG', 'cs.AI'],
  announceTypes: ['new', 'cross'],
  primaryOnly: false,
  rubric: rubricOf(),
  cutoffs: { relevance: 8, novelty: 7 },
  papersPerDay: 10,
  top: 20,
  authors: [],
  minHIndex: 0,
  mute: [],
  groupByTopic: false,
  digestStyle: 'compact',
  digestSummary: false,
  managers: [],
  isPaused: false,
  linkCards: false,
  recap: undefined,
  ...more,
});

export const scoreOf = (
  paperId: string,
  relevance: number,
  novelty: number,
  more: Partial<ModelScore> = {},
): ModelScore => ({
  scoreId: 0,
  paperId,
  version: 1,
  rubric: 'rubric-1',
  engine: 'openai',
  model: 'gpt-test',
  attempt: 1,
  relevance,
  novelty,
  comment: `Comment on ${paperId}.`,
  createdAt: '2025-07-08T12:00:00.000Z',
  ...more,
});

/** A score by the built-in scorer, among 383 papers. */
export const standingOf = (
  paperId: string,
  position: number,
  match: number,
  more: Partial<BuiltInScore> = {},
): BuiltInScore => {
  const { relevance: _, novelty: __, ...stored } = scoreOf(paperId, 1, 1);
  return { ...stored, engine: 'local', model: 'local-1', position, of: 383, match, ...more };
};

/** A verdict by the built-in scorer, among 383 papers. */
export const matchedAt = (paperId: string, position: number, match: number): BuiltInVerdict => ({
  ...{ paperId, version: 1, position, of: 383, match },
  comment: `Comment on ${paperId}.`,
});

/** The points of a language model's score; undefined without one. */
export const pointsOf = (score: Score | undefined): Points | undefined =>
  score && isByModel(score) ? { relevance: score.relevance, novelty: score.novelty } : undefined;

export const entryOf = (rank: number, paper: Paper, score: Score): DigestEntry => ({
  rank,
  paper,
  score,
  reason: { kind: isByModel(score) ? 'cutoffs' : 'match' },
  topic: undefined,
});

export const digestOf = (entries: DigestEntry[], more: Partial<NewDigest> = {}): NewDigest => ({
  channel: 'foundations',
  date: '2025-07-08',
  counts: { announced: 20, scanned: 12, relevant: entries.length, unscored: 0 },
  cutoffs: { relevance: 8, novelty: 7 },
  engines: [{ engine: 'openai', model: 'gpt-test', papers: 12 }],
  usage: { promptTokens: 9000, cachedTokens: 4500, completionTokens: 700, costUsd: 0.0123 },
  models: [],
  rubric: 'rubric-1',
  authorCheck: undefined,
  remedial: undefined,
  groupByTopic: false,
  style: 'compact',
  notices: [],
  entries,
  nearest: [],
  ...more,
});
