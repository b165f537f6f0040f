import leven from 'leven';

const months = 'jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec';
const longMonths = 'january|february|march|april|august|september|october|november|december';
// Not "sat" and "sun", which papers write of as such.
const weekdays = '(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thur?s?|fri';
const spans = 'days?|weeks?|months?|years?|weekend|fortnight';

/** "2025", "8.7.", "2025-7-8T09:00", "8th"; "3D" is none. */
const number = /^\d[\d./,:-]*(?:t[\d:.]+z?)?$|^\d{1,2}(?:st|nd|rd|th),?$/i;
const name = new RegExp(
  `^(?:${months}|${longMonths}|${weekdays}|week|month|year|now|tomorrow)[.,]?(?:[-/ ]?\\d[\\d-/]*)?$`,
  'i',
);
const dayThenMonth = new RegExp(`^\\d{1,4}[-/.]?(?:${months}|${longMonths})(?:[-/.]?\\d+)?$`, 'i');
const before = /^(?:last|past|previous|this|the|a|an|one|two|three|few|\d+)$/i;
const span = new RegExp(`^(?:${spans}|${weekdays}|${months}|${longMonths})[.,]?$`, 'i');
/** In UTF-16 units; no date is longer. */
const maxJoinedLength = 40;

/** How many letters may be wrong in them. */
const slips = { today: 1, yesterday: 2 };

/**
 * The words that were meant as a date though they are none that is understood: numbers, months, weekdays and such as
 * "last week" or "3 days ago".
 *
 * @param words What follows the word that a date was to follow.
 * @returns undefined where they are words like others, as in "memory since transformers".
 */
export const dateAttempt = (words: readonly string[]): string | undefined => {
  const [first = '', second = '', third = ''] = words;
  if (before.test(first)) {
    if (/^the$/i.test(first) && before.test(second) && span.test(third)) return `${first} ${second} ${third}`;
    if (span.test(second)) return /^ago$/i.test(third) ? `${first} ${second} ${third}` : `${first} ${second}`;
    if (/^\d/.test(first)) return first;
    return before.test(second) && span.test(third) ? `${first} ${second} ${third}` : undefined;
  }
  if (number.test(first) || dayThenMonth.test(first)) return first;
  if (name.test(first)) return /^\d{1,4}(?:st|nd|rd|th)?,?$/.test(second) ? `${first} ${second}` : first;
  // Fields of their own join their words so: "last-week".
  const joined = first.length < maxJoinedLength ? first.split('-') : [];
  if (joined.length > 1 && dateAttempt(joined) === joined.join(' ')) return first;
  const isSlip = Object.entries(slips).some(([one, wrong]) => {
    return Math.abs(first.length - one.length) <= wrong && leven(first.toLowerCase(), one) <= wrong;
  });
  return isSlip ? first : undefined;
};
