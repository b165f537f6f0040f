import type { Match } from './matches.ts';

/** Cosine from which a paper of recent days counts as very near. */
const veryNear = 0.5;

/** A term that only says the topic's name again says nothing. */
const matchComment = ({ topic, terms }: Match): string => {
  const others = terms.filter((term) => !topic.toLowerCase().includes(term.toLowerCase()));
  return others.length > 0 ? `Matches ${topic}: ${others.join(', ')}.` : `Matches ${topic}.`;
};

/** The verdict's comment in one or two plain sentences. */
export const localComment = (
  match: Match | undefined,
  near: { id: string; similarity: number } | undefined,
): string => {
  const matches = match ? matchComment(match) : 'Matches none of the topics closely.';
  if (!near || near.similarity < veryNear) return matches;
  return `${matches} It is close to ${near.id} of recent days.`;
};
