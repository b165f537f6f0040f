import type { Logger } from '../../../src/core/logger.ts';

const ignore = () => {};

/** A logger for tests that say nothing about logs. */
export const quietLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A logger that keeps messages above debug. */
export const keepingLogger = () => {
  const lines: { level: string; message: string; fields: object }[] = [];
  const keep = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  return { lines, logger: { debug: ignore, info: keep('info'), warn: keep('warn'), error: keep('error') } };
};
