import { ExternalError } from './errors.ts';
import type { IsoDate } from './paper.ts';
import type { RunStatus } from './run.ts';

/** A run that is due. `notices` are sentences for the newest digest. */
export type RunRequest = { channel: string; notices: readonly string[] };

export type RunReport = {
  status: RunStatus;
  date: IsoDate | undefined;
  sent: number;
  reasons: readonly string[];
  hasDigest: boolean;
};

export type Runner = (request: RunRequest, signal: AbortSignal) => Promise<RunReport>;

/** A run that was given up after several attempts. `at` is system time, ISO 8601 in UTC. */
export type FailedRun = { channel: string; at: string; reason: string };

/** All attempts at a run have failed, or their processes ended. */
export class RunGivenUp extends ExternalError {}

/** Hands runs to processes with room for them. A channel runs once at a time. */
export type Work = {
  /**
   * Has a channel run, or waits for a run of it that was requested before. If the signal is aborted, the run may go on in
   * another process.
   * @throws UserError as the run did, or RunGivenUp.
   */
  run(request: RunRequest, signal: AbortSignal): Promise<RunReport>;
  /** Does runs until the signal is aborted. Once at a time. */
  serve(runner: Runner, signal: AbortSignal): Promise<void>;
  /**
   * Hands runs of processes that have ended to others, until the signal is aborted. The process that requests runs does
   * it for all.
   */
  supervise(signal: AbortSignal): Promise<void>;
  /** The runs that were given up in the last days, newest first. A run of the channel that ends well removes them. */
  failed(): Promise<readonly FailedRun[]>;
  close(): Promise<void>;
};
