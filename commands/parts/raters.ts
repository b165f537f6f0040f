import { dateIn } from '../../src/core/clock.ts';
import type { Inline } from '../../src/core/message.ts';
import type { Score } from '../../src/core/score.ts';
import { dayText } from './dates.ts';
import { scoreText } from './paper-lines.ts';

const isSame = (one: Score, other: Score): boolean =>
  one.relevance === other.relevance && one.novelty === other.novelty;

/** More raters and topics than anybody reads about. */
const mostRaters = 8;

/**
 * Who scored a paper, a line each: the newest score with its day in the time zone and what it was before; the
 * same score once more on the same day, as where each paper is asked about several times, is not told. Scores under other topics than the channel's are
 * named as such and come last.
 *
 * @param scores Newest first.
 */
export const raterLines = (scores: readonly Score[], rubric: string | undefined, timeZone: string): Inline[][] => {
  const raters = new Map<string, Score[]>();
  for (const score of scores) {
    const name = score.engine === 'local' ? 'the built-in scorer' : score.model;
    const isOther = rubric !== undefined && score.rubric !== rubric;
    const key = `${isOther ? '1' : '0'}${name}`;
    raters.set(key, [...(raters.get(key) ?? []), score]);
  }
  const isOther = (key: string): number => Number(key.startsWith('1'));
  return [...raters]
    .toSorted(([a], [b]) => isOther(a) - isOther(b))
    .slice(0, mostRaters)
    .flatMap(([key, [newest, ...earlier]]): Inline[][] => {
      if (!newest) return [];
      const on = (score: Score): string => dayText(dateIn(new Date(score.createdAt), timeZone));
      const other = earlier.find((one) => !isSame(one, newest) || on(one) !== on(newest));
      const before = other ? `, before that ${scoreText(other)} on ${on(other)}` : '';
      const under = isOther(key) ? ' under other topics' : '';
      return [[{ text: scoreText(newest), bold: true }, ` by ${key.slice(1)}${under} on ${on(newest)}${before}`]];
    });
};
