import type { Logger } from '../../src/core/logger.ts';

const ignore = () => {};

/** Drops every line. */
export const quietLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Keeps every line above debug, in order. */
export const keepingLogger = () => {
  const lines: { level: string; message: string; fields: object }[] = [];
  const keep = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  const logger: Logger = { debug: ignore, info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { lines, logger };
};

/** Keeps the messages of warnings. */
export const keepWarnings = (): { logger: Logger; warnings: string[] } => {
  const warnings: string[] = [];
  return { warnings, logger: { ...quietLogger, warn: (_fields, message) => warnings.push(message) } };
};
