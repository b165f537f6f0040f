import type { Reaction } from '../../src/core/platform.ts';
import { comparableTotal } from '../../src/core/score.ts';
import type { StoredReaction } from '../../src/core/stores.ts';
import { buttonEmoji, type PostedPaper, type Vote, type VoteCount, voteOfEmoji } from '../../src/core/votes.ts';
import { type ScoreRow, scoreOf } from './scores.ts';

type StandingVote = { vote: Vote; at: string };

/** The standing votes of people on papers, by channel, paper and person. */
export type Standing = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, StandingVote>>>;

/**
 * A person's linked identities have one name: the reader's address if they are the reader's, otherwise their link id.
 */
export type ReactionToPaper = readonly [channel: string, paperId: string, person: string, emoji: string, at: string];

/**
 * If a person used both thumbs, voted at several destinations or with several identities, the newest thumb is the vote.
 * @param reactions Oldest first.
 */
export const standingOf = (reactions: Iterable<ReactionToPaper>): Standing => {
  const votes = new Map<string, Map<string, Map<string, StandingVote>>>();
  for (const [channel, paperId, person, emoji, at] of reactions) {
    const vote = voteOfEmoji(emoji);
    const ofChannel = votes.get(channel) ?? new Map<string, Map<string, StandingVote>>();
    const ofPaper = ofChannel.get(paperId) ?? new Map<string, StandingVote>();
    if (vote) votes.set(channel, ofChannel.set(paperId, ofPaper.set(person, { vote, at })));
    else if (emoji === buttonEmoji.none) ofPaper.delete(person);
  }
  return votes;
};

export const countsOf = (standing: Standing, channel: string): Map<string, VoteCount> => {
  const counted = new Map<string, VoteCount>();
  for (const [paperId, people] of standing.get(channel) ?? []) {
    const count: VoteCount = { up: 0, down: 0 };
    for (const { vote } of people.values()) count[vote] += 1;
    counted.set(paperId, count);
  }
  return counted;
};

export const ballotsOf = (standing: Standing, channel: string, person: string | undefined) => {
  const own = [...(standing.get(channel) ?? [])].flatMap(([paperId, people]): [string, Vote][] => {
    const vote = person === undefined ? undefined : people.get(person)?.vote;
    return vote ? [[paperId, vote]] : [];
  });
  return { counts: countsOf(standing, channel), own: new Map(own) };
};

/** The papers of digests that have votes, in the order of the rows. */
export const votedOn = <Row extends { paperId: string }>(rows: readonly Row[], standing: Standing, channel: string) => {
  const votes = countsOf(standing, channel);
  return rows.flatMap((row) => {
    const count = votes.get(row.paperId);
    return count ? [{ ...row, ...count }] : [];
  });
};

type PostedRow = Pick<PostedPaper, 'date' | 'paper'> & { topic: string | null; score: ScoreRow };

export const postedOf = (rows: readonly PostedRow[], standing: Standing, channel: string): PostedPaper[] => {
  const votes = standing.get(channel);
  return rows.map(({ date, paper, topic, score }) => ({
    date,
    paper,
    topic: topic ?? undefined,
    total: comparableTotal(scoreOf(score)),
    votes: [...(votes?.get(paper.id) ?? [])].map(([person, vote]) => ({ person, ...vote })),
  }));
};

export const reactionKey = ({ message, person, emoji }: Reaction): string =>
  JSON.stringify([message.destination, message.messageId, person, emoji]);

export const reactionRowOf = ({ message: { destination, messageId }, person, emoji }: Reaction, at: string) => ({
  ...{ destination, messageId, person, emoji, at },
});

type ReactionRow = ReturnType<typeof reactionRowOf>;

export const reactionOf = ({ destination, messageId, ...row }: ReactionRow): StoredReaction => ({
  ...row,
  message: { destination, messageId },
});
