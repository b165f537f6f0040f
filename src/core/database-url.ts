import type { Secret } from './secret.ts';

/** Where the data is. The URL of Postgres is a secret, because it may contain a password. */
export type DatabaseUrl = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: Secret };

/** For people, without a password. */
export const databaseName = (database: DatabaseUrl): string => {
  if (database.kind === 'sqlite') return database.file;
  const { host, pathname } = new URL(database.url.reveal());
  return `Postgres at ${host}${pathname}`;
};
