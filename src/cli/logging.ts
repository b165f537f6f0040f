import { createRequire } from 'node:module';
import { type LoggerOptions, pino } from 'pino';
import { withoutControls } from '../core/folding.ts';
import type { Logger } from '../core/logger.ts';
import { maskOf, type Secret } from '../core/secret.ts';

type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

type LogStream = { write(text: string): unknown };

type LoggingOptions = {
  level: LogLevel;
  stream?: LogStream;
  pretty: boolean;
  secrets?: readonly Secret[];
};

type LoggedError = {
  type: string;
  message: string;
  stack?: string | undefined;
  status?: number | undefined;
  code?: string | number | undefined;
  cause?: LoggedError;
};

const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Picks fields by name, because SDK errors contain requests with headers and tokens. */
const describeError = (error: Error, depth = 0): LoggedError => {
  const { status, statusCode, code, cause } = error as Error & Record<'status' | 'statusCode' | 'code', unknown>;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    status: asNumber(status) ?? asNumber(statusCode),
    code: typeof code === 'string' ? code : asNumber(code),
    ...(cause instanceof Error && depth < 3 ? { cause: describeError(cause, depth + 1) } : {}),
  };
};

const describeErrors = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describeError(value) : value]),
  );

const prettyPrinter = (colorize: boolean): ((line: string) => string) => {
  // Loaded only for a terminal, because a server's logs are JSON.
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  return prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss', singleLine: true });
};

/** Writes one line per entry. Errors are logged with type, message, stack, status, code and cause only. */
export const createLogger = ({ level, stream = process.stderr, pretty, secrets = [] }: LoggingOptions): Logger => {
  const mask = maskOf(secrets);
  const print = pretty
    ? prettyPrinter(stream === process.stderr && process.stderr.hasColors?.())
    : (line: string) => line;
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (value) => value, error: (value) => value },
    formatters: { level: (label) => ({ level: label }), log: describeErrors },
  };
  return pino(options, { write: (line: string) => stream.write(print(mask(withoutControls(line)))) });
};
