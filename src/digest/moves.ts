import type { DigestEntry } from '../core/digest.ts';

/** In points. Smaller moves are not reported. */
const minReported = 0.5;
const maxExplained = 3;

export const isReported = ({ nudge }: Pick<DigestEntry, 'nudge'>): boolean =>
  nudge !== undefined && Math.abs(nudge.points) >= minReported;

/** The papers that votes moved most, at most three. Only these say why. */
export const topMoves = (entries: readonly DigestEntry[]): ReadonlySet<DigestEntry> =>
  new Set(
    entries
      .filter(isReported)
      .sort((a, b) => Math.abs(b.nudge?.points ?? 0) - Math.abs(a.nudge?.points ?? 0) || a.rank - b.rank)
      .slice(0, maxExplained),
  );
