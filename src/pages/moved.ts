import type { DigestEntry } from '../core/digest.ts';
import { describeNudge } from '../core/digest-text.ts';

/** "Moved by your votes, +0.8: you liked 5 papers on quantization"; empty where votes moved it little or not at all. */
export const movedLine = (entry: DigestEntry): string => {
  const nudge = describeNudge(entry);
  return nudge && `Moved by your votes, ${nudge}`;
};

/** How many of the papers say that votes moved them; empty for none. */
export const movedSummary = (entries: readonly DigestEntry[]): string => {
  const moved = entries.filter((entry) => movedLine(entry) !== '').length;
  if (moved === 0) return '';
  return moved === 1
    ? 'Your votes moved one paper; why is under it.'
    : `Your votes moved ${moved} papers; why is under each.`;
};
