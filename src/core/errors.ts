/** A request that cannot be fulfilled. People see the message unchanged, so it says what is wrong and what to do. */
export class UserError extends Error {
  override name = 'UserError';
}

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
    super(failure.message, { cause: failure.cause });
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

const systemAdvice: readonly (readonly [codes: RegExp, text: string])[] = [
  [/^(?:ENOSPC|EDQUOT|SQLITE_FULL)/, 'The disk is full. Free some space, then start this again.'],
  [/^SQLITE_(?:BUSY|LOCKED)/, 'The database is in use by another program. Close it, then start this again.'],
  [
    /^(?:EROFS|SQLITE_READONLY)/,
    'The disk or the database cannot be written. Give this user the right to write there.',
  ],
  [/^SQLITE_(?:CORRUPT|NOTADB)/, 'The database is damaged. Replace it with a backup.'],
  [/^(?:EIO|SQLITE_IOERR)/, 'The disk cannot be read or written. Check it, then start this again.'],
  [/^(?:EMFILE|ENFILE)/, 'Too many files are open. Raise the limit (ulimit -n), then start this again.'],
];

/** What is wrong with this machine, and what to do; undefined if the error has another cause. */
export const systemFault = (error: unknown): string | undefined => {
  const codes = codesOf(error);
  return systemAdvice.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1];
};

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
