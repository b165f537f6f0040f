/** Somebody asked for what cannot be done. The message is shown to the person as it is and says what to do instead. */
export class UserError extends Error {
  override name = 'UserError';
}

type ExternalFailure = {
  /** Who failed, as a reader knows it, such as `arXiv` or `Slack`. */
  service: string;
  message: string;
  /** HTTP status, where there was an answer. */
  status?: number | undefined;
  /** How long the service asked to be left alone, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** False where asking again cannot help, such as a refused key. */
  retryable?: boolean;
  /** True where only this message was refused, for what is in it; others may pass. */
  isAboutMessage?: boolean;
  cause?: unknown;
};

/** A remote failed. The only kind of error that is retried. */
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

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
