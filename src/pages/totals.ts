import type { DayCounts, DigestSummary } from '../core/digest.ts';
import { dollars } from '../core/digest-text.ts';
import type { Usage } from '../core/score.ts';

/** What several days come to. */
export type Totals = {
  days: number;
  counts: DayCounts;
  tokens: number;
  /** US dollars, as far as prices are known. */
  costUsd: number;
  /** True where some call has no known price. */
  isCostPartial: boolean;
};

export const totalsOf = (days: readonly Pick<DigestSummary, 'counts' | 'usage'>[]): Totals => {
  const sum = (of: (day: (typeof days)[number]) => number): number => days.reduce((all, day) => all + of(day), 0);
  return {
    days: days.length,
    counts: {
      announced: sum(({ counts }) => counts.announced),
      scanned: sum(({ counts }) => counts.scanned),
      relevant: sum(({ counts }) => counts.relevant),
      unscored: sum(({ counts }) => counts.unscored),
    },
    tokens: sum(({ usage }) => usage.promptTokens + usage.completionTokens),
    costUsd: sum(({ usage }) => usage.costUsd ?? 0),
    isCostPartial: days.some(({ usage }) => usage.costUsd === undefined),
  };
};

/** "$1.20"; "unknown" where no price is known, "≥ $1.20" where that of a part is not; a dash where nothing was called. */
export const costWords = ({ tokens, costUsd, isCostPartial }: Omit<Totals, 'days' | 'counts'>): string => {
  if (tokens === 0) return '–';
  if (!isCostPartial) return dollars(costUsd);
  return costUsd > 0 ? `≥ ${dollars(costUsd)}` : 'unknown';
};

/** That of one day. */
export const costOfUsage = (usage: Usage): string => {
  const { promptTokens, completionTokens, costUsd } = usage;
  return costWords({
    tokens: promptTokens + completionTokens,
    costUsd: costUsd ?? 0,
    isCostPartial: costUsd === undefined,
  });
};
