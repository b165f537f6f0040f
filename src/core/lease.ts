/** Proof that a process holds a lease. `token` grows each time that the lease is taken. */
export type Fence = { name: string; owner: string; token: number };

/**
 * Who holds a lease. `renewal` grows each time that it is renewed. `silentMs` is the time since then in milliseconds, if the
 * store has a clock that all processes share.
 */
export type LeaseHolder = { owner: string; token: number; renewal: number; silentMs?: number };

export type LeaseRequest = {
  name: string;
  owner: string;
  /** System time at which versions before tokens consider the lease expired. Only SQLite stores it. */
  expiresAt: number;
};

/** How soon a lease passes from a process that ends to another. In milliseconds. */
export type LeasePace = {
  /** A lease that is not renewed for this long is taken. */
  silentMs: number;
  renewEveryMs: number;
  /** How often to ask during a long wait. */
  maxPollMs: number;
  /**
   * True if the lease is also taken from a process of this machine that runs but is silent, as if it were paused, and if
   * a process that cannot renew its lease gives it up.
   */
  isTakenFromPaused: boolean;
};

/**
 * Leases that need no clock: whether a holder is dead is decided by who waits, and the store only makes sure that nothing
 * has changed since. Each method is one statement, so any database can implement it.
 */
export type LeaseStore = {
  pace: LeasePace;
  /** Takes the lease if it is free, or if its holder is exactly as `seen`. */
  acquire(
    lease: LeaseRequest,
    seen?: LeaseHolder,
  ): Promise<{ fence: Fence; holder?: undefined } | { fence?: undefined; holder: LeaseHolder }>;
  /** @returns false if the lease was taken. */
  renew(fence: Fence, expiresAt: number): Promise<boolean>;
  isHeld(fence: Fence): Promise<boolean>;
  release(fence: Fence): Promise<void>;
};

/** The signal of work under a lease. It is aborted if the lease is lost. */
export type Held = AbortSignal & {
  fence: Fence;
  /** Asks the database whether the lease is still held. @throws the signal's reason if not */
  check(): Promise<void>;
  /** True if another process took the lease, also if the signal was aborted for another reason. */
  isLost(): Promise<boolean>;
};
