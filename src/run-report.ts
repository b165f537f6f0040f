import { countOf } from './core/paper-text.ts';
import type { RunResult } from './daily/result.ts';

/** US dollars to a millionth: sums of fractions end in noise. */
const rounded = (usd: number | undefined): number | null => (usd === undefined ? null : Number(usd.toFixed(6)));

/** A run as the object that `run --json` prints. A number that is not known is null. */
export const asJson = ({ channel, date, status, reasons, digest, sent }: RunResult): object => {
  const engines = digest?.engines ?? [];
  return {
    ...{ date: date ?? null, channel, status },
    announced: digest?.counts.announced ?? null,
    scanned: digest?.counts.scanned ?? null,
    relevant: digest?.counts.relevant ?? null,
    posted: sent,
    engine: engines.map(({ engine }) => engine).join('+') || null,
    model: engines.map(({ model }) => model).join('+') || null,
    promptTokens: digest?.usage.promptTokens ?? null,
    cachedTokens: digest?.usage.cachedTokens ?? null,
    completionTokens: digest?.usage.completionTokens ?? null,
    costUsd: rounded(digest?.usage.costUsd),
    unscored: digest?.counts.unscored ?? null,
    reasons,
  };
};

/** A run as a line for people. */
export const asLine = (result: RunResult, dryRun: boolean): string => {
  const { channel, date, status, reasons, digest, sent, earlier } = result;
  if (dryRun && digest) return `${channel}: ${countOf(digest.entries.length, 'paper')} of ${date} would be posted.`;
  if (status === 'posted') {
    const left = earlier.map((day) => `${countOf(day.sent, 'paper')} of ${day.date}, made up for,`);
    const today = sent - earlier.reduce((sum, day) => sum + day.sent, 0);
    const all = digest ? [...left, `${countOf(today, 'paper')} of ${date}`] : left;
    return `${channel}: ${all.join(' and ')} posted.`;
  }
  if (status === 'nothing-new') return `${channel}: nothing new; ${date} is posted.`;
  if (status === 'no-announcement') return `${channel}: arXiv announced nothing${date ? ` on ${date}` : ''}.`;
  return `${channel}: not complete${date ? ` for ${date}` : ''}, run it again later. ${reasons.join(' ')}`;
};
