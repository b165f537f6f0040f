import type BetterSqlite3 from 'better-sqlite3';

/** Statements that are kept; a list of values makes one for each of its lengths. */
const mostKept = 500;

/**
 * Makes a connection prepare each statement once. drizzle prepares one at every query and leaves it to the garbage
 * collector, which does not know how much memory SQLite holds for it: a bot that is asked much grew by hundreds of
 * megabytes.
 */
export const keepStatements = (sqlite: BetterSqlite3.Database): void => {
  const kept = new Map<string, BetterSqlite3.Statement>();
  const prepare = sqlite.prepare.bind(sqlite);
  const prepareOnce = (source: string): BetterSqlite3.Statement => {
    const statement = kept.get(source) ?? prepare(source);
    // The one that was used longest ago is first.
    kept.delete(source);
    kept.set(source, statement);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return statement;
  };
  sqlite.prepare = prepareOnce as typeof sqlite.prepare;
};
