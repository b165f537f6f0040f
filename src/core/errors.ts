import { withoutSecrets } from './secret.ts';

/** A request that cannot be fulfilled. People see the message unchanged, so it says what is wrong and what to do. */
export class UserError extends Error {
  override name = 'UserError';
}

/** The database is out of reach or cannot store. Not a refusal: whoever reaches it again goes on. */
export class StorageFailure extends UserError {}

type ExternalFailure = {
  service: string;
  message: string;
  status?: number | undefined;
  retryAfterMs?: number | undefined;
  retryable?: boolean;
  isAboutMessage?: boolean;
  cause?: unknown;
};

/** A failure of a remote service. The only kind of error that is retried. */
export class ExternalError extends Error {
  override name = 'ExternalError';
  readonly service: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly isAboutMessage: boolean;

  constructor(failure: ExternalFailure) {
    // Some remotes repeat the key in their answer.
    super(withoutSecrets(failure.message), { cause: failure.cause });
    this.service = failure.service;
    this.status = failure.status;
    this.retryAfterMs = failure.retryAfterMs;
    this.retryable = failure.retryable ?? true;
    this.isAboutMessage = failure.isAboutMessage ?? false;
  }
}

const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const { code } = error as NodeJS.ErrnoException;
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(error.cause)];
};

/** A fault of this machine: what is wrong, and what to do, both without a full stop and without paths. */
export type SystemFault = { what: string; fix: string };

export const databaseDamaged: SystemFault = {
  what: 'The database is damaged',
  fix: 'Stop Paperboy and restore a backup of it; without a backup, move the file away and start again',
};

export const databaseUnopened: SystemFault = {
  what: 'The database cannot be opened',
  fix: 'Set DATABASE_URL to file: followed by a writable path',
};

const systemFaults: readonly (readonly [codes: RegExp, fault: SystemFault])[] = [
  [/^(?:ENOSPC|EDQUOT|SQLITE_FULL)/, { what: 'The disk is full', fix: 'Free some space and try again' }],
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    { what: 'The database is in use by another process', fix: 'Stop that process, or try again later' },
  ],
  [
    /^(?:EROFS|SQLITE_READONLY)/,
    {
      what: 'The disk or the database cannot be written',
      fix: 'Give this user the right to write there, or set DATABASE_URL to file: followed by a writable path',
    },
  ],
  [/^SQLITE_CORRUPT/, databaseDamaged],
  [
    /^SQLITE_NOTADB/,
    {
      what: 'The file is not a database, or its start is damaged',
      fix: 'Restore a backup of it, or set DATABASE_URL to file: followed by another path',
    },
  ],
  [/^SQLITE_(?:CANTOPEN|PERM)/, databaseUnopened],
  [
    /^(?:EIO|SQLITE_IOERR)/,
    { what: 'The disk cannot be read or written', fix: 'Check the disk and its file system, then try again' },
  ],
  [
    /^(?:EMFILE|ENFILE)/,
    { what: 'Too many files are open', fix: 'Raise the limit (ulimit -n), then start Paperboy again' },
  ],
];

/** By the codes of SQLite and the file system; undefined if the error has another cause. */
export const systemFault = (error: unknown): SystemFault | undefined => {
  const codes = codesOf(error);
  return systemFaults.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1];
};

export const errorText = (error: unknown): string =>
  withoutSecrets(error instanceof Error ? error.message : String(error));
