/** What the project asks of a logger; pino satisfies it. A fixed message, and everything that varies in the fields. */
export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
