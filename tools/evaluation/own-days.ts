import type { Channel } from '../../src/core/channel.ts';
import type { AnnouncedPaper, Candidate } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import type { JudgedDay, JudgedPaper } from './days.ts';

export type OwnDaysParts = {
  stores: Pick<Stores, 'digests' | 'announcements' | 'scores' | 'reactions'>;
  /** The papers of an announcement that the channel reads. */
  candidatesOf(announced: readonly AnnouncedPaper[]): readonly Candidate[];
};

/**
 * A channel's days that have a digest, oldest first: the papers that have a score under the digest's rubric, and as picks
 * those with more 👍 than 👎. What was not posted could not be voted on and counts as not picked.
 */
export const ownDays = async (
  { name, categories }: Pick<Channel, 'name' | 'categories'>,
  { stores, candidatesOf }: OwnDaysParts,
): Promise<JudgedDay[]> => {
  const dates = (await stores.digests.summaries(name)).map(({ date }) => date).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const votes = await stores.reactions.votesBetween(name, first, last);
  const liked = new Set(votes.filter(({ up, down }) => up > down).map(({ date, paperId }) => `${date} ${paperId}`));
  const days: JudgedDay[] = [];
  for (const date of dates) {
    const digest = await stores.digests.find(name, date);
    if (!digest) continue;
    const papers = candidatesOf(await stores.announcements.read(date, categories)).map(({ paper }) => paper);
    const scores = await stores.scores.currentOf(
      digest.rubric,
      papers.map(({ id }) => id),
    );
    days.push({
      date,
      papers: papers.flatMap((paper): JudgedPaper[] => {
        const score = scores.get(paper.id);
        if (!score) return [];
        const { relevance, novelty } = score;
        return [{ paper, picked: liked.has(`${date} ${paper.id}`), score: { relevance, novelty } }];
      }),
    });
  }
  return days;
};
