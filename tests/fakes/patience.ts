/**
 * How long a test waits before it gives up, in milliseconds. It is no promise of speed, only an end for what hangs, so
 * it is long enough for a machine with eight times the work.
 */
export const patienceMs = 60_000;
