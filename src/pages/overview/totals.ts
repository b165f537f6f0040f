import { html } from 'hono/html';
import type { DayCounts, DigestSummary } from '../../core/digest.ts';
import { countOf } from '../../core/paper-text.ts';
import { dollars, totalTokens, type Usage } from '../../core/price.ts';
import type { Html } from '../html.ts';
import { grouped } from '../numbers.ts';

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
    tokens: sum(({ usage }) => totalTokens(usage)),
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
  const { costUsd } = usage;
  return costWords({
    tokens: totalTokens(usage),
    costUsd: costUsd ?? 0,
    isCostPartial: costUsd === undefined,
  });
};

const tile = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** What a month or a year comes to, in large figures. */
export const totalTiles = (totals: Totals): Html => {
  const { announced, scanned, relevant } = totals.counts;
  return html`<dl class="tiles">
        ${tile('Days', grouped(totals.days))} ${tile('Announced', grouped(announced))} ${tile('Scanned', grouped(scanned))}
        ${tile('Relevant', grouped(relevant))}
        ${totals.tokens > 0 ? html`${tile('Tokens', grouped(totals.tokens))} ${tile('Cost', costWords(totals))}` : ''}
      </dl>
      ${totals.isCostPartial ? html`<p class="small">No price is known for some of the model calls, so the cost is what the others came to.</p>` : ''}`;
};

/** "22 days: 8,760 papers announced, 5,941 scanned, 468 relevant". */
export const totalsWords = ({ days, counts: { announced, scanned, relevant } }: Totals): string =>
  `${countOf(days, 'day')}: ${countOf(announced, 'paper')} announced, ${grouped(scanned)} scanned, ${grouped(relevant)} relevant`;
