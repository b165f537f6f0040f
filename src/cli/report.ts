import type { WriteStream } from 'node:tty';
import type { BatchNotice } from '../core/batch.ts';
import { countOf } from '../core/paper.ts';
import { screenedOutCount } from '../core/screening.ts';
import type { RunResult } from '../daily/run.ts';

/** Rounds to a millionth of a dollar, because floating-point sums are inexact. */
const rounded = (usd: number | undefined): number | null => (usd === undefined ? null : Number(usd.toFixed(6)));

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
    muted: digest ? (digest.counts.muted ?? 0) : null,
    skipped: digest ? screenedOutCount(digest.prefilter) : null,
    reasons,
  };
};

const olderLine = (channel: string, older: readonly string[] = []): string[] => {
  const [from, to] = [older[0], older.at(-1)];
  if (from === undefined) return [];
  const days = countOf(older.length, 'older day');
  return [`${channel}: ${days} without a digest. To post them: remedy --from ${from} --to ${to} --channel ${channel}`];
};

const noticesOf = (digest: RunResult['digest']): string =>
  [...(digest?.notices ?? []), digest?.fallback?.remedy].map((text) => (text ? ` ${text}` : '')).join('');

export const asLine = (result: RunResult, dryRun: boolean): string => {
  const { channel, date, status, reasons, digest, sent, earlier } = result;
  if (dryRun && digest)
    return `${channel}: ${countOf(digest.entries.length, 'paper')} of ${date} would be posted.${noticesOf(digest)}`;
  if (status === 'posted') {
    const today = sent - earlier.reduce((sum, day) => sum + day.sent, 0);
    const days = [...earlier, ...(digest && date !== undefined ? [{ date, sent: today }] : [])];
    const lines = days.map((day) => `${channel}: ${countOf(day.sent, 'paper')} of ${day.date} posted.`);
    return [`${lines.join('\n')}${noticesOf(digest)}`, ...olderLine(channel, result.older)].join('\n');
  }
  if (status === 'nothing-new') return `${channel}: nothing new; ${date} is already posted.`;
  if (status === 'no-announcement') return `${channel}: arXiv announced nothing${date ? ` on ${date}` : ''}.`;
  const about = date ? ` for ${date}` : '';
  const state =
    sent === 0 ? `nothing posted${about}. Try again later.` : `not complete${about}. Run the command again later.`;
  return `${channel}: ${state} ${reasons.join(' ')}`;
};

/** Says why nothing happens while another process works on a channel. */
export const createWaitNotice =
  (stream: Pick<WriteStream, 'write'>) =>
  (channel: string, holder: string | undefined): void => {
    if (holder !== undefined) stream.write(`${channel}: waiting for ${holder}, which is working on it.\n`);
  };

const batchText = (notice: BatchNotice): string => {
  if (notice.kind === 'ended') {
    const { asked, scored, problem } = notice;
    if (scored === asked) return `the batch scored ${countOf(asked, 'paper')}.`;
    const why = problem === undefined ? '' : ` (${problem})`;
    return `the batch scored ${scored} of ${countOf(asked, 'paper')}${why}. Scoring the rest at the full price.`;
  }
  const { kind, service, papers, minutes } = notice;
  const wait = `Waiting for up to ${countOf(minutes, 'minute')}. If you stop, the next run continues.`;
  return kind === 'sent'
    ? `scoring ${countOf(papers, 'paper')} with the Batch API of ${service}, at half price. ${wait}`
    : `an earlier run sent ${countOf(papers, 'paper')} to the Batch API of ${service}. ${wait}`;
};

/** Says why a run waits, and what it waits for. */
export const createBatchNotice =
  (stream: Pick<WriteStream, 'write'>) =>
  (channel: string, notice: BatchNotice): void =>
    void stream.write(`${channel}: ${batchText(notice)}\n`);

const barWidth = 24;

/** One line for all channels that are being scored. */
export const createProgress = (
  stream: Pick<WriteStream, 'isTTY' | 'write'>,
): ((channel: string, done: number, total: number) => void) => {
  if (!stream.isTTY) return () => {};
  const channels = new Map<string, { done: number; total: number }>();
  return (channel, channelDone, channelTotal) => {
    channels.set(channel, { done: channelDone, total: channelTotal });
    const sum = (of: 'done' | 'total'): number => [...channels.values()].reduce((all, one) => all + one[of], 0);
    const [done, total] = [sum('done'), sum('total')];
    const name = channels.size === 1 ? channel : countOf(channels.size, 'channel');
    const filled = total === 0 ? barWidth : Math.round((barWidth * done) / total);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    stream.write(`\r\u001b[K${name}  ${bar}  ${done} of ${total} papers scored`);
    if (done < total) return;
    stream.write('\n');
    channels.clear();
  };
};
