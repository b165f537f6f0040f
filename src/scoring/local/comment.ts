import type { Match } from './matches.ts';

/** Cosine from which a paper of recent days counts as very near. */
const veryNear = 0.5;

/** The verdict's comment in one or two plain sentences. */
export const localComment = (
  match: Match | undefined,
  near: { id: string; similarity: number } | undefined,
): string => {
  const matches = match ? `Matches ${match.topic}: ${match.terms.join(', ')}.` : 'Matches none of the topics closely.';
  if (!near || near.similarity < veryNear) return matches;
  return `${matches} It is close to ${near.id} of recent days.`;
};
