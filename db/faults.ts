import { errorText, UserError } from '../src/core/errors.ts';

export const damageFix = (file: string): string =>
  `Stop Paperboy and restore a backup of ${file}; without a backup, move the file away and start again`;

/** What SQLite or the file system says about a database file, by the error's code, and what to do about it. */
const faults: readonly { code: RegExp; what: string; fix(file: string): string }[] = [
  {
    code: /^SQLITE_(BUSY|LOCKED)/,
    what: 'is in use by another process',
    fix: () => 'Stop that process, or try again later',
  },
  {
    code: /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    what: 'cannot be written, because the disk is full',
    fix: () => 'Free some space and try again',
  },
  {
    code: /^SQLITE_CORRUPT/,
    what: 'is damaged',
    fix: damageFix,
  },
  {
    code: /^SQLITE_IOERR/,
    what: 'cannot be read or written',
    fix: () => 'Check the disk and its file system',
  },
  {
    code: /^(E[A-Z]+$|SQLITE_(CANTOPEN|NOTADB|READONLY|PERM))/,
    what: 'cannot be opened',
    fix: () => 'Set DATABASE_URL to file: followed by a writable path',
  },
];

/** A UserError if the file or the disk is at fault, otherwise the error itself. */
export const storageFailure = (error: unknown, file: string): unknown => {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? '');
  const fault = faults.find((one) => one.code.test(code));
  if (!fault) return error;
  return new UserError(`The database ${file} ${fault.what} (${errorText(error)}). ${fault.fix(file)}.`, {
    cause: error,
  });
};

/** The same methods, with storage failures as UserErrors. */
export const withFailures = <Store extends object>(store: Store, file: string): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, method]) => [
      name,
      async (...args: unknown[]): Promise<unknown> => {
        try {
          return await method(...args);
        } catch (error) {
          throw storageFailure(error, file);
        }
      },
    ]),
  ) as Store;
