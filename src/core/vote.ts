export type Vote = 'up' | 'down';

const thumbs: ReadonlyMap<string, Vote> = new Map([
  ['+1', 'up'],
  ['thumbsup', 'up'],
  ['👍', 'up'],
  ['-1', 'down'],
  ['thumbsdown', 'down'],
  ['👎', 'down'],
]);

/** The vote that an emoji means, by name or as a character, in any skin tone: `thumbsup::skin-tone-3`, `👍🏽`. */
export const voteOfEmoji = (emoji: string): Vote | undefined =>
  thumbs.get(emoji.replace(/::skin-tone-\d$|[\u{1F3FB}-\u{1F3FF}]$/u, ''));
