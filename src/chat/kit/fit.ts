/**
 * The largest whole number from `low` to `high` that is accepted, or `low`. If a number is not accepted, larger numbers
 * must not be either.
 */
export const largestAccepted = (low: number, high: number, accepts: (value: number) => boolean): number => {
  let [known, limit] = [low, high];
  while (known < limit) {
    const middle = Math.ceil((known + limit) / 2);
    if (accepts(middle)) known = middle;
    else limit = middle - 1;
  }
  return known;
};

export const chunksOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
