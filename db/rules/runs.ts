import { isSuccess, type PastRun, runOutcomes } from '../../src/core/run.ts';

const keptMs = 90 * 86_400_000;

/** A channel's runs that ended before this are deleted. */
export const oldestKept = ({ endedAt }: PastRun): string => new Date(Date.parse(endedAt) - keptMs).toISOString();

export const successes = runOutcomes.filter(isSuccess);

type RunRow = Omit<PastRun, 'date'> & { runId: number; date: string | null };

const runOf = ({ runId: _, date, ...row }: RunRow): PastRun => ({ ...row, date: date ?? undefined });

/** @param rows The newest run of each channel and its newest successful one, oldest first. */
export const newestRunsOf = (rows: readonly RunRow[]) => {
  const found = new Map<string, { run: PastRun; success: PastRun | undefined }>();
  for (const row of rows) {
    const run = runOf(row);
    const success = isSuccess(run.status) ? run : found.get(run.channel)?.success;
    found.set(run.channel, { run, success });
  }
  return found;
};
