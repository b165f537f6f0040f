import type { ModelScore } from '../../src/core/score.ts';
import type { PostedPaper } from '../../src/core/votes.ts';
import { select } from '../../src/daily/draft/select.ts';
import { bestTopics } from '../../src/scoring/built-in/matches.ts';
import { fitPreferences } from '../../src/scoring/votes/model.ts';
import type { JudgedDay } from '../evaluation/days.ts';
import { createRandom } from '../evaluation/metrics.ts';
import type { Taste } from './tastes.ts';

type Pick = { paper: JudgedDay['papers'][number]['paper']; score: ModelScore; topic: string | undefined };
export type Day = { date: string; picks: Pick[] };

/** Papers that count for precision. */
export const shown = 5;
export const minStrong = 18;
const limits = { cutoffs: { relevance: 1, novelty: 1 }, matchLimits: { papers: 0, floor: 0 } };

const totalOf = ({ score }: Pick): number => score.relevance + score.novelty;

/** A day's picks in the order of a digest: by total score, then relevance, then arXiv's order. */
export const picksOf = async ({ date, papers }: JudgedDay, topics: string): Promise<Day> => {
  const picked = papers.filter((one) => one.picked);
  const best = await bestTopics(
    topics,
    picked.map(({ paper }) => ({ id: paper.id, title: paper.title, abstract: paper.abstract, comment: '' })),
  );
  const scoreOf = (paperId: string, points: { relevance: number; novelty: number }, scoreId: number): ModelScore => ({
    ...{ scoreId, paperId, version: 1, ...points, comment: '' },
    ...{ rubric: 'bench', engine: 'openai', model: 'bench', attempt: 1, createdAt: `${date}T12:00:00.000Z` },
  });
  return {
    date,
    picks: picked
      .map(({ paper, score = { relevance: 1, novelty: 1 } }, at) => ({
        paper,
        score: scoreOf(paper.id, score, at),
        topic: best.get(paper.id),
      }))
      .sort((a, b) => totalOf(b) - totalOf(a) || b.score.relevance - a.score.relevance),
  };
};

/** How a team votes: the share of liked and of other posted papers that get a vote. */
const styles = {
  'both ways': { liked: 1 / 3, others: 1 / 3, wrong: 0.05 },
  'mostly 👍': { liked: 0.6, others: 0.03, wrong: 0.05 },
  'mostly 👎': { liked: 0.03, others: 0.4, wrong: 0.05 },
  noisy: { liked: 1 / 3, others: 1 / 3, wrong: 0.2 },
} as const;
type Style = keyof typeof styles;

/** One team's day: the number of earlier votes, and shares of papers that the team likes among the first five. */
export type Measure = {
  votes: number;
  since: number | undefined;
  learned: number;
  frozen: number;
  possible: number;
  /** Papers with a total of at least 18 among the posted ones without votes, and those of them that votes removed. */
  strong: number;
  removed: number;
  picks: number;
  moved: number;
};

export type Team = {
  taste: Taste;
  /** What the team likes from `turn` votes on. */
  next?: Taste;
  turn: number;
  style?: Style;
  seed: number;
  top: number;
  /** True if the model knows the topics. The topic's column alone would explain a taste for one topic. */
  hasTopics?: boolean;
};

const share = (picks: readonly Pick[], { likes }: Taste): number => picks.slice(0, shown).filter(likes).length / shown;

const selected = (picks: readonly Pick[], top: number, nudges: Parameters<typeof select>[4]): Pick[] => {
  const byId = new Map(picks.map((one) => [one.paper.id, one]));
  const candidates = picks.map(({ paper }) => ({
    paper: { ...paper, categories: [...paper.categories], authors: [...paper.authors] },
    type: 'new' as const,
  }));
  const scores = new Map(picks.map(({ paper, score }) => [paper.id, score]));
  const { entries } = select(candidates, scores, { ...limits, top }, new Map(), nudges);
  return entries.flatMap(({ paper }) => byId.get(paper.id) ?? []);
};

/** Lets a team vote on each day's digest, which the earlier votes ordered. */
export const simulate = async (days: readonly Day[], team: Team, signal: AbortSignal) => {
  const { taste, next, turn, style = 'both ways', seed, top, hasTopics } = team;
  const random = createRandom(seed);
  const { liked, others, wrong } = styles[style];
  const posted: PostedPaper[] = [];
  const measures: Measure[] = [];
  let votes = 0;
  let turnedAt: number | undefined;
  for (const { date, picks } of days) {
    if (next && turnedAt === undefined && votes >= turn) turnedAt = votes;
    const wanted = next && turnedAt !== undefined ? next : taste;
    const now = new Date(`${date}T12:00:00Z`);
    const topicOf = ({ topic }: Pick): string | undefined => (hasTopics ? topic : undefined);
    const model = await fitPreferences(posted, now, signal);
    const nudges = await model.nudges(picks.map((one) => ({ ...one.paper, topic: topicOf(one) })));
    const ranked = selected(picks, top, nudges);
    const strong = picks.slice(0, top).filter((one) => totalOf(one) >= minStrong);
    measures.push({
      votes,
      since: turnedAt === undefined ? undefined : votes - turnedAt,
      learned: share(ranked, wanted),
      frozen: share(picks, wanted),
      possible: share(picks.filter(wanted.likes), wanted),
      strong: strong.length,
      removed: strong.filter((one) => !ranked.includes(one)).length,
      picks: picks.length,
      moved: picks.filter(({ paper }) => Math.abs(nudges.get(paper.id)?.points ?? 0) >= 0.5).length,
    });
    for (const [index, one] of ranked.entries()) {
      const [draw, slip] = [random(), random()];
      const isLiked = wanted.likes(one) !== slip < wrong;
      const isVoted = draw < (isLiked ? liked : others);
      const at = new Date(now.getTime() + index * 60_000).toISOString();
      const vote = { person: `web:local:U${index % 3}`, vote: isLiked ? ('up' as const) : ('down' as const), at };
      posted.push({ date, paper: one.paper, topic: topicOf(one), total: totalOf(one), votes: isVoted ? [vote] : [] });
      if (isVoted) votes += 1;
    }
  }
  return { measures, posted };
};
