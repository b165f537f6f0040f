import { setTimeout as delay } from 'node:timers/promises';
import { databaseUnopened, errorText, StorageFailure, systemFault } from '../../src/core/errors.ts';

/** A StorageFailure if the file or the disk is at fault, otherwise the error itself. */
export const storageFailure = (error: unknown, file: string): unknown => {
  const isFileError = /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException | undefined)?.code));
  const fault = systemFault(error) ?? (isFileError ? databaseUnopened : undefined);
  if (!fault) return error;
  return new StorageFailure(`${fault.what} (${file}: ${errorText(error)}). ${fault.fix}.`, { cause: error });
};

/** Milliseconds to wait for another process that writes. */
export const busyMs = 10_000;

/**
 * Milliseconds of them for which SQLite itself waits. Meanwhile the event loop stands still, so neither a page is served nor
 * a signal received.
 */
export const blockingMs = 50;

const retryMs = 50;

const isBusy = (error: unknown): boolean =>
  /^SQLITE_BUSY/.test(String((error as { code?: unknown } | undefined)?.code));

/** @param work One transaction, which has done nothing if it fails. */
export const onceFree = async <T>(work: () => T | Promise<T>): Promise<T> => {
  const deadline = performance.now() + busyMs;
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      await delay(retryMs);
    }
};

/** The same methods, which wait for other processes, with their failures as StorageFailures. */
export const withFailures = <Store extends object>(store: Store, file: string): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, method]) => {
      if (typeof method !== 'function') return [name, method];
      const calling = async (...args: unknown[]): Promise<unknown> => {
        try {
          return await onceFree(() => method(...args));
        } catch (error) {
          throw storageFailure(error, file);
        }
      };
      return [name, calling];
    }),
  ) as Store;
