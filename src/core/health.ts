import type { PlatformName } from './addresses.ts';

/**
 * A remote or a step whose failure matters to people. `model`: the language model's server has the model. `scoring`:
 * it scores papers. `authors`: the author index. `platform`: Paperboy can post. `listening`: the platform delivers
 * commands and votes. `channel`: the channel's runs are complete. `backup`: the
 * database was copied. `announcements`: arXiv announces
 * papers for the channel. Names are stored, so they must never change.
 */
export type HealthSubject =
  | 'arxiv'
  | 'authors'
  | 'backup'
  | 'database'
  | 'model'
  | 'scoring'
  | `announcements ${string}`
  | `channel ${string}`
  | `listening ${PlatformName}`
  | `platform ${PlatformName}`;

/** Why something failed, and what to do about it, as sentences or clauses for people. */
export type HealthFailure = { reason: string; fix: string };

/** Times are simulated time, ISO 8601 in UTC. */
export type HealthRecord = {
  subject: HealthSubject;
  lastSuccess: string | undefined;
  lastFailure: (HealthFailure & { at: string }) | undefined;
  /** The first failure since the last success; undefined if there is none. */
  failingSince: string | undefined;
  /** Start of the outage that was announced last; undefined once its end was announced. */
  announcedSince: string | undefined;
};

export type HealthStore = {
  worked(subject: HealthSubject, at: string): Promise<void>;
  failed(subject: HealthSubject, failure: HealthFailure, at: string): Promise<void>;
  /** In the order of their names. */
  list(): Promise<HealthRecord[]>;
  /**
   * Sets `announcedSince`, so that only one process announces the outage. @returns false if it no longer was
   * `before`.
   */
  announce(subject: HealthSubject, before: string | undefined, since: string | undefined): Promise<boolean>;
};

/** How steps report that they worked or failed. Never rejects. */
export type HealthReports = {
  worked(subject: HealthSubject): Promise<void>;
  failed(subject: HealthSubject, failure: HealthFailure): Promise<void>;
};

const doctor = 'npm run -s paperboy -- doctor';

export const doctorFix = `Type ${doctor} on the machine that runs Paperboy.`;

/** For a language model that answers, but does not score. */
export const doctorAskFix = `Type ${doctor} --ask on the machine that runs Paperboy.`;
