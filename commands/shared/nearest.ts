import leven from 'leven';
import { fold } from '../../src/core/folding.ts';

export const nearestOf = (text: string, values: readonly string[]): string | undefined => {
  const word = fold(text);
  return values
    .map((value) => ({ value, distance: leven(word, fold(value)) }))
    .filter(({ value, distance }) => distance <= Math.max(2, Math.floor(value.length / 3)) && distance < value.length)
    .sort((a, b) => a.distance - b.distance)[0]?.value;
};
