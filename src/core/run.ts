import type { IsoDate } from './paper.ts';

export const runStatuses = ['posted', 'nothing-new', 'no-announcement', 'incomplete'] as const;
export type RunStatus = (typeof runStatuses)[number];

export const runOutcomes = [...runStatuses, 'failed'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

/** A finished run of a channel. Times are simulated, ISO 8601 in UTC. */
export type PastRun = {
  channel: string;
  startedAt: string;
  endedAt: string;
  status: RunOutcome;
  date: IsoDate | undefined;
  sent: number;
  reasons: readonly string[];
};

export type RunStore = {
  add(run: PastRun): Promise<void>;
  /** The newest run of each channel, and its newest successful one. */
  newestOf(channels: readonly string[]): Promise<Map<string, { run: PastRun; success: PastRun | undefined }>>;
};

/** Number of days to retry unsent messages. After that, nobody is waiting for them. */
export const resendDays = 7;

export const isSuccess = (status: RunOutcome): boolean => status !== 'incomplete' && status !== 'failed';

export type ChannelActivity = {
  phase: 'idle' | 'waiting' | 'collecting' | 'scoring' | 'posting';
  scored: number;
  toScore: number;
  nextRun: Date | undefined;
  /** Who works on the channel, while a run waits for it. */
  waitsFor?: string | undefined;
};

export type Activity = {
  of(channel: string): ChannelActivity;
  /** Differs after every change. */
  version(): number;
};
