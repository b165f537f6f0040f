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

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
