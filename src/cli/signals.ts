import { UserError } from '../core/errors.ts';

/** Milliseconds that work may take to end after a signal. The next start does whatever is not yet stored. */
export const graceMs = 1_000;

/** Milliseconds after a signal in which the process ends in any case. */
const endMs = 4_500;

const stop = new AbortController();
const late = Promise.withResolvers<never>();
late.promise.catch(() => {});

/** Aborted by SIGINT or SIGTERM. */
export const stopSignal = stop.signal;

/** Rejects if work takes too long to end after a signal. */
export const overdue: Promise<never> = late.promise;

const onSignal = (signal: NodeJS.Signals): void => {
  // A second signal does not wait.
  if (stopSignal.aborted) process.exit(1);
  stop.abort(new UserError(`Stopped by ${signal}.`));
  setTimeout(() => late.reject(stopSignal.reason), graceMs);
  setTimeout(() => process.exit(process.exitCode ?? 1), endMs);
};

/**
 * Before this call, a signal ends the process at once, even while SQLite blocks the event loop to open, update or copy a
 * database. That is safe, because each of these is a transaction or a new file.
 */
export const handleSignals = (): void => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal).on(signal, onSignal);
};
