import type { Column, GetColumnData } from 'drizzle-orm';
import { orm } from '../drizzle.ts';

type Fields = Record<string, Record<string, Column>>;

type RowOf<F extends Fields> = { [Group in keyof F]: { [Name in keyof F[Group]]: GetColumnData<F[Group][Name]> } };

const isStoredAsIs = ({ mapFromDriverValue }: Column): boolean =>
  mapFromDriverValue === orm.Column.prototype.mapFromDriverValue;

/**
 * Reads the rows that `.values()` of a prepared query returns. Takes a tenth of the time of `.all()`, which looks up the
 * kind of every column for every row; use it for queries of many rows.
 * @param fields The fields of the query's `select`, in groups.
 */
export const createRowReader = <F extends Fields>(fields: F): ((row: readonly unknown[]) => RowOf<F>) => {
  const groups = Object.entries(fields).map(([group, columns]) => ({
    group,
    columns: Object.entries(columns).map(([name, column]) => ({ name, column, isAsIs: isStoredAsIs(column) })),
  }));
  return (row) => {
    let at = 0;
    const read: Record<string, Record<string, unknown>> = {};
    for (const { group, columns } of groups) {
      const values: Record<string, unknown> = {};
      for (const { name, column, isAsIs } of columns) {
        const value = row[at];
        values[name] = isAsIs || value === null ? value : column.mapFromDriverValue(value);
        at += 1;
      }
      read[group] = values;
    }
    return read as RowOf<F>;
  };
};
