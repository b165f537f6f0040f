import leven from 'leven';

export const nearestOf = (text: string, values: readonly string[]): string | undefined => {
  const word = text.toLowerCase();
  return values
    .map((value) => ({ value, distance: leven(word, value.toLowerCase()) }))
    .filter(({ value, distance }) => distance <= Math.max(2, Math.floor(value.length / 3)) && distance < value.length)
    .sort((a, b) => a.distance - b.distance)[0]?.value;
};
