import type { IsoDate } from './paper.ts';

export const runStatuses = ['posted', 'nothing-new', 'no-announcement', 'incomplete'] as const;

/** What a run did: a digest went out, there was nothing to send, nothing was announced, or something is still missing. */
export type RunStatus = (typeof runStatuses)[number];

export const runOutcomes = [...runStatuses, 'failed'] as const;

/** How a run ended; `failed` where it could not go on at all. */
export type RunOutcome = (typeof runOutcomes)[number];

/** A run of a channel that has ended. Times are told times, ISO 8601 in UTC. */
export type PastRun = {
  channel: string;
  startedAt: string;
  endedAt: string;
  status: RunOutcome;
  /** The announcement that it was about, where it came so far. */
  date: IsoDate | undefined;
  /** Papers that it sent. */
  sent: number;
  /** Why it is incomplete or failed. */
  reasons: readonly string[];
};

/** True where nothing was left to do. */
export const isSuccess = (status: RunOutcome): boolean => status !== 'incomplete' && status !== 'failed';

/** What a channel is doing right now, and when it looks at arXiv next. */
export type ChannelActivity = {
  phase: 'idle' | 'collecting' | 'scoring' | 'posting';
  /** Papers scored so far, of so many; 0 of 0 outside of `scoring`. */
  scored: number;
  toScore: number;
  /** Told time; undefined while it runs, and where nothing is planned. */
  nextRun: Date | undefined;
};

/** What the channels are doing, as this process knows it. */
export type Activity = {
  of(channel: string): ChannelActivity;
};
