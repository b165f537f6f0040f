import type { Logger } from '../../src/core/logger.ts';

/** A logger that keeps the messages of warnings. */
export const keepWarnings = (): { logger: Logger; warnings: string[] } => {
  const warnings: string[] = [];
  const ignore = () => {};
  return {
    warnings,
    logger: { debug: ignore, info: ignore, warn: (_fields, message) => warnings.push(message), error: ignore },
  };
};
