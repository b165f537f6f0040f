import type { Digest, DigestDraft } from '../core/digest.ts';
import type { IsoDate } from '../core/paper.ts';
import type { RunStatus } from '../core/run.ts';
import type { Published } from './publish/publish.ts';

export type RunResult = {
  channel: string;
  date: IsoDate | undefined;
  status: RunStatus;
  /** Why it is incomplete, as a reader would want to know. */
  reasons: string[];
  /** What is missing will not come by looking again. */
  isFinal?: boolean;
  /** The day's digest; on a dry run what it would have been. */
  digest: DigestDraft | undefined;
  /** Papers sent by this run, those of earlier days included. */
  sent: number;
  /** What of `sent` was for earlier days. */
  earlier: { date: IsoDate; sent: number }[];
  /** Days too long ago to be made up for by themselves, where this run made up for others. */
  older?: IsoDate[];
};

/** A result without a digest. */
export const withoutDigest = (
  channel: string,
  date: IsoDate | undefined,
  status: RunStatus,
  reasons: string[] = [],
): RunResult => ({ channel, date, status, reasons, digest: undefined, sent: 0, earlier: [] });

/** The result of sending what was missing of a digest. */
export const publishedResult = (digest: Digest, { sent, headers, failed }: Published): RunResult => {
  const status = failed.length > 0 ? 'incomplete' : sent.size + headers > 0 ? 'posted' : 'nothing-new';
  const reasons = failed.map(({ destination, reason }) => `${destination}: ${reason}`);
  const { channel, date } = digest;
  return { channel, date, status, reasons, digest, sent: sent.size, earlier: [] };
};

/** A day's result with what was done for earlier days: one run, one answer. */
export const withEarlier = (result: RunResult, earlier: readonly RunResult[]): RunResult => {
  const all = [...earlier, result];
  const has = (status: RunStatus): boolean => all.some((one) => one.status === status);
  const status = has('incomplete') ? 'incomplete' : has('posted') ? 'posted' : result.status;
  return {
    ...result,
    status,
    reasons: [
      ...earlier.flatMap(({ date, reasons }) => reasons.map((reason) => `${date}, ${reason}`)),
      ...result.reasons,
    ],
    sent: all.reduce((sum, { sent }) => sum + sent, 0),
    earlier: earlier.flatMap(({ date, sent }) => (date !== undefined && sent > 0 ? [{ date, sent }] : [])),
  };
};
