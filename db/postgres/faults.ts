import { setTimeout as delay } from 'node:timers/promises';
import { errorText, StorageFailure } from '../../src/core/errors.ts';

/** Codes of an error and of its causes: of Postgres, or of the system. */
export const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...(typeof code === 'string' ? [code] : []), ...inner, ...codesOf(error.cause)];
};

const messagesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [String(error)];

/**
 * Faults after which nothing of a transaction has happened: another transaction was in its way, or the server ended or
 * refused the connection. PostgreSQL documentation, appendix A.
 */
const undone = /^(?:40001|40P01|55P03|57P0[1-3]|25P03|53300|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/;

/** node-postgres gives these no code. No connection was there, so nothing was sent. */
const unconnected =
  /^(?:timeout exceeded when trying to connect|Connection terminated due to connection timeout|Client has encountered a connection error)/;

const lostConnection = /^(?:57P0[1-3]|08\d\d\d|ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EPIPE)$/;

const isLost = (error: unknown): boolean =>
  messagesOf(error).some((message) => unconnected.test(message) || /^Connection terminated/.test(message)) ||
  codesOf(error).some((code) => lostConnection.test(code));

const uncommitted = new WeakSet<Error>();

/** Notes that a transaction failed before its commit. If its connection was lost, it is tried again. */
export const noteUncommitted = (error: unknown): void => {
  if (error instanceof Error && isLost(error)) uncommitted.add(error);
};

const isUndone = (error: unknown): boolean =>
  (error instanceof Error && uncommitted.has(error)) ||
  codesOf(error).some((code) => undone.test(code)) ||
  messagesOf(error).some((message) => unconnected.test(message));

/** True if a row was not stored because an index allows its values once. */
export const isDuplicate = (error: unknown, index: string): boolean =>
  error instanceof Error &&
  ((error as { constraint?: unknown }).constraint === index || isDuplicate(error.cause, index));

type Fault = { what: string; fix: string };

const faults: readonly (readonly [codes: RegExp, fault: Fault])[] = [
  [/^(?:28P01|28000)$/, { what: 'Postgres refuses the user or the password', fix: 'Correct DATABASE_URL' }],
  [/^3D000$/, { what: 'Postgres has no such database', fix: 'Create it (createdb), or correct DATABASE_URL' }],
  [
    /^42501$/,
    {
      what: 'The Postgres user lacks a right',
      fix: 'Make the user the owner of the database (ALTER DATABASE … OWNER TO …)',
    },
  ],
  [/^53100$/, { what: 'The disk of Postgres is full', fix: 'Free some space and try again' }],
  [/^53300$/, { what: 'Postgres has no free connection', fix: 'Raise max_connections, or start fewer replicas' }],
  [lostConnection, { what: 'Postgres cannot be reached', fix: 'Start it, or correct DATABASE_URL' }],
];

/** A StorageFailure if the server or its address is at fault, otherwise the error itself. Never shows the password. */
export const storageFailure = (error: unknown): unknown => {
  const codes = codesOf(error);
  const unreachable = isLost(error) ? faults.at(-1)?.[1] : undefined;
  const fault = faults.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1] ?? unreachable;
  if (!fault) return error;
  // drizzle's own message repeats the query and its values.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new StorageFailure(`${fault.what} (${errorText(cause)}). ${fault.fix}.`, { cause: error });
};

/** Milliseconds to wait for a server that restarts, and for other transactions. */
const patienceMs = 10_000;

const retryMs = 100;

/** @param work One transaction, which has done nothing if it fails in one of the ways that are retried. */
export const whenReachable = async <T>(work: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + patienceMs;
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!isUndone(error) || performance.now() > deadline) throw error;
      await delay(retryMs * (1 + Math.random()));
    }
};

/** The same methods, which wait for the server and other transactions, with its failures as StorageFailures. */
export const withFailures = <Store extends object>(store: Store): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, method]) => {
      if (typeof method !== 'function') return [name, method];
      const calling = async (...args: unknown[]): Promise<unknown> => {
        try {
          return await whenReachable(() => method(...args));
        } catch (error) {
          throw storageFailure(error);
        }
      };
      return [name, calling];
    }),
  ) as Store;
