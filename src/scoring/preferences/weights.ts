import type { PostedPaper } from '../../core/feedback.ts';
import type { Vote } from '../../core/vote.ts';

/** What the votes on one posted paper come to: from -1 (disliked) to 1 (liked), and how much that counts. */
export type Judgement = { target: number; weight: number };

/** A vote counts half after so many days. */
const halfLifeDays = 60;
/**
 * And half once the same person voted so many times more. A person's votes together so never count more than 1.44 times
 * this number, however many they are, and a team that changes its mind is soon believed.
 */
const halfLifeVotes = 8;
/** A paper that nobody voted on, though others of its day got votes, against a 👎. */
const silenceWeight = 0.03;

const dayMs = 86_400_000;

const ageWeight = (at: string, now: Date): number =>
  2 ** (-Math.max(0, now.getTime() - Date.parse(at)) / dayMs / halfLifeDays);

export type Judgements = {
  /** One a posted paper, in their order. */
  judged: Judgement[];
  /** 👍 and 👎, those of long ago counted less. */
  fresh: Record<Vote, number>;
};

/**
 * Weighs the votes on posted papers. Those of each person alike: the newest counts 1, older ones less by age and by how many
 * came after them. Silence counts against a paper a little, and only where others of its day got a vote.
 * @param now told time.
 */
export const judge = (posted: readonly PostedPaper[], now: Date): Judgements => {
  const votedDates = new Set(posted.filter(({ votes }) => votes.length > 0).map(({ date }) => date));
  const all = posted
    .flatMap(({ votes }, row) => votes.map((vote) => ({ ...vote, row })))
    .sort((a, b) => b.at.localeCompare(a.at) || b.row - a.row);
  const later = new Map<string, number>();
  const sums = posted.map(() => ({ target: 0, weight: 0 }));
  const fresh = { up: 0, down: 0 };
  for (const { person, vote, at, row } of all) {
    const after = later.get(person) ?? 0;
    later.set(person, after + 1);
    const age = ageWeight(at, now);
    const weight = age * 2 ** (-after / halfLifeVotes);
    fresh[vote] += age;
    const sum = sums[row];
    if (!sum) continue;
    sum.target += vote === 'up' ? weight : -weight;
    sum.weight += weight;
  }
  const judged = sums.map(({ target, weight }, row): Judgement => {
    if (weight > 0) return { target: target / weight, weight };
    const { date = '' } = posted[row] ?? {};
    return { target: -1, weight: votedDates.has(date) ? silenceWeight * ageWeight(date, now) : 0 };
  });
  return { judged, fresh };
};
