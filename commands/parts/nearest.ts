import leven from 'leven';

/** The value that was most likely meant by what was typed; undefined where none is near. */
export const nearestOf = (typed: string, values: readonly string[]): string | undefined => {
  const word = typed.toLowerCase();
  return values
    .map((value) => ({ value, distance: leven(word, value.toLowerCase()) }))
    .filter(({ value, distance }) => distance <= Math.max(2, Math.floor(value.length / 3)) && distance < value.length)
    .sort((a, b) => a.distance - b.distance)[0]?.value;
};
