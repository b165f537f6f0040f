import type { TokenCount } from './score.ts';

/** Who waits for a call to a language model: a person for an answer, a digest that is due, or one of a missed day. */
export type CallPriority = 'person' | 'digest' | 'remedial';

/** What a server says about a limit. `limit` and `remaining` are requests or tokens. */
export type RateLimit = { limit?: number | undefined; remaining?: number | undefined; resetMs?: number | undefined };

export type RateLimits = { requests: RateLimit; tokens: RateLimit };

export type CallWish = {
  /** Estimated tokens of the prompt and the answer. */
  tokens: number;
  priority: CallPriority;
  channel: string;
  signal: AbortSignal;
};

export type CallRefusal = { status: number; retryAfterMs: number | undefined; limits: RateLimits };

/** The right to make one call. */
export type CallPermit = {
  /** Milliseconds since the permit was granted. */
  elapsedMs(): number;
  /** `tokens` is undefined if the server did not count them. */
  answered(tokens: TokenCount | undefined, limits: RateLimits): void;
  /** @returns true if the call should wait for another permit, false if it has failed. */
  refused(refusal: CallRefusal): boolean;
  /** The server answered that it cannot do this. */
  failed(limits: RateLimits): void;
  ranOutOfTime(): void;
  /** Call this exactly once, whatever became of the call. */
  release(): void;
};

/**
 * Why a call gets no permit: the server hangs, because calls of this size have run out of time and none was answered
 * since; or it asked for a pause of `waitMs` milliseconds, which is too long to wait.
 */
export type CallDenial = { denied: 'hanging' } | { denied: 'paused'; waitMs: number };

/** The calls of one run. */
export type CallSeat = {
  /**
   * Whether the run may have one call more, in flight or waiting. Runs get the same share each, and what others leave.
   * A run that kept more calls waiting would hold money of the budget for them.
   */
  mayAdd(inProgress: number): boolean;
  leave(): void;
};

/** `tokensPerMinute` is undefined if the server has not named a limit. */
export type CallLimiterState = {
  inFlight: number;
  waiting: number;
  concurrency: number;
  tokensPerMinute: number | undefined;
};

/**
 * Decides when calls are made under one API key, so that all runs, channels and commands together stay within the
 * limits of its server.
 */
export type CallLimiter = {
  /** Highest number of calls in flight that it may ever allow. */
  max: number;
  /** Waits for a permit. Rejects with the signal's reason if it is aborted. */
  acquire(wish: CallWish): Promise<CallPermit | CallDenial>;
  /** Takes part until `leave`. */
  join(priority: CallPriority): CallSeat;
  /** Starts with what an earlier process learned. Later calls change nothing. */
  resume(concurrency: number | undefined): void;
  /** Number of calls in flight to resume with; undefined if it is not learned. */
  learned(): number | undefined;
  /** True if a call ran out of time, and the server has answered none since. */
  isSilent(): boolean;
  state(): CallLimiterState;
};
