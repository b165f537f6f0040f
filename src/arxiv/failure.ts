import { ExternalError } from '../core/errors.ts';

type Details = Partial<Omit<ConstructorParameters<typeof ExternalError>[0], 'service' | 'message'>>;

/** A failure of arXiv, or of the way to it. */
export const arxivError = (message: string, details: Details = {}): ExternalError =>
  new ExternalError({ service: 'arXiv', message, ...details });
