import { postgresCore } from './driver.ts';

const { bigint, customType } = postgresCore;

/** Postgres stores neither NUL nor half of a surrogate pair. Both become U+FFFD, as in any text that is read as UTF-8. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

const storableIn = (value: unknown): unknown => {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [storable(key), storableIn(one)]));
};

/** For statements that are not built from columns. */
export const storableJson = (value: unknown): string => JSON.stringify(storableIn(value) ?? null);

/** Compares and sorts by bytes, as SQLite does, whatever the language of the database is. */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
  toDriver: storable,
});

export const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
});

export const tsvector = customType<{ data: string; driverData: string }>({ dataType: () => 'tsvector' });

/** For system times and for ids of rows that a busy installation has billions of. */
export const long = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });
