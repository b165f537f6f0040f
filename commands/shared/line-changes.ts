/** What became of one line of a text. */
export type LineChange = { kind: 'added' | 'removed'; line: string };

/** More comparisons than this would hold up everybody else; then lines are compared as sets. */
const maxComparisons = 1_000_000;

/** How long the longest common run of lines is from each pair of places on. */
const commonLengths = (before: readonly string[], after: readonly string[]): Uint16Array[] => {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    const line = lengths[row];
    for (let column = after.length - 1; line && column >= 0; column -= 1)
      line[column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  }
  return lengths;
};

const bySets = (before: readonly string[], after: readonly string[]): LineChange[] => {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line): LineChange => ({ kind: 'removed', line })),
    ...after.filter((line) => !old.has(line)).map((line): LineChange => ({ kind: 'added', line })),
  ];
};

const byOrder = (before: readonly string[], after: readonly string[]): LineChange[] => {
  const lengths = commonLengths(before, after);
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  const found: LineChange[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]];
    if (old !== undefined && old === now) {
      row += 1;
      column += 1;
    } else if (old !== undefined && (now === undefined || at(row + 1, column) >= at(row, column + 1))) {
      found.push({ kind: 'removed', line: old });
      row += 1;
    } else {
      found.push({ kind: 'added', line: now ?? '' });
      column += 1;
    }
  }
  return found;
};

/** The lines that a text lost and won, in its order, without empty ones and whatever the line ends are. */
export const lineChanges = (before: string, after: string): LineChange[] => {
  const [old, now] = [before, after].map((text) => text.split(/\r\n?|\n/).filter((line) => line.trim() !== ''));
  if (!old || !now) return [];
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - from && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const [left, right] = [old.slice(from, old.length - end), now.slice(from, now.length - end)];
  return left.length * right.length > maxComparisons ? bySets(left, right) : byOrder(left, right);
};
