import type { Table } from 'drizzle-orm';
import { orm } from '../drizzle.ts';
import { storable, storableJson } from '../postgres/columns.ts';
import * as postgres from '../postgres/schema.ts';
import * as postgresModels from '../postgres/schema-models.ts';
import * as postgresPeople from '../postgres/schema-people.ts';
import * as sqlite from '../sqlite/schema.ts';
import * as sqliteModels from '../sqlite/schema-models.ts';
import * as sqlitePeople from '../sqlite/schema-people.ts';

/** A value of SQLite, and what Postgres gets for it. */
type Convert = (value: unknown) => unknown;

export type CopiedColumn = {
  name: string;
  /** Its type in Postgres. */
  type: string;
  convert: Convert;
  /** What the checksum reads, from a value that Postgres got or returned. */
  canonical: Convert;
};

export type CopiedTable = {
  name: string;
  columns: readonly CopiedColumn[];
};

const asIs: Convert = (value) => value;

/** Postgres sorts the keys of objects in its own way. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, sorted(one)]);
};

const conversions: Record<string, Pick<CopiedColumn, 'convert' | 'canonical'>> = {
  text: { convert: (value) => storable(String(value)), canonical: asIs },
  jsonb: {
    convert: (value) => storableJson(JSON.parse(String(value))),
    canonical: (value) => sorted(typeof value === 'string' ? JSON.parse(value) : value),
  },
  boolean: { convert: (value) => value !== 0, canonical: asIs },
  integer: { convert: asIs, canonical: asIs },
  bigint: { convert: asIs, canonical: asIs },
  'double precision': { convert: asIs, canonical: asIs },
};

/** Columns of Postgres alone: the order of the rows, which SQLite has itself, and times by the server's clock. */
const ownColumns: ReadonlySet<string> = new Set(['inserted', 'last_tried_at']);

const columnsOf = (from: Table, to: Table): CopiedColumn[] => {
  const sources = new Set(Object.values(orm.getTableColumns(from)).map(({ name }) => name));
  const columns = Object.values(orm.getTableColumns(to)).filter(({ name }) => !ownColumns.has(name));
  if (columns.length !== sources.size || !columns.every(({ name }) => sources.has(name)))
    throw new Error(`the table ${orm.getTableName(from)} has other columns in Postgres`);
  return columns.map((column) => {
    const type = column.getSQLType().replace(/ COLLATE .*/, '');
    const conversion = conversions[type];
    if (!conversion) throw new Error(`the copy does not know the type ${type}`);
    const { convert, canonical } = conversion;
    const orNull =
      (one: Convert): Convert =>
      (value) =>
        value === null ? null : one(value);
    return { name: column.name, type, convert: orNull(convert), canonical: orNull(canonical) };
  });
};

/** In this order, so that no row refers to one that is not there yet. */
const pairs: readonly (readonly [Table, Table])[] = [
  [sqlite.papers, postgres.papers],
  [sqlite.announcements, postgres.announcements],
  [sqlite.announcedPapers, postgres.announcedPapers],
  [sqlite.rubrics, postgres.rubrics],
  [sqlite.scores, postgres.scores],
  [sqlite.summaries, postgres.summaries],
  [sqlite.digests, postgres.digests],
  [sqlite.digestEntries, postgres.digestEntries],
  [sqlite.unlikelyPapers, postgres.unlikelyPapers],
  [sqlite.deliveries, postgres.deliveries],
  [sqlite.earlyHeaders, postgres.earlyHeaders],
  [sqlite.leases, postgres.leases],
  [sqlite.paperAuthors, postgres.paperAuthors],
  [sqlite.authorCandidates, postgres.authorCandidates],
  [sqlite.runs, postgres.runs],
  [sqlite.health, postgres.health],
  [sqliteModels.calls, postgresModels.calls],
  [sqliteModels.modelHabits, postgresModels.modelHabits],
  [sqliteModels.scoringBatches, postgresModels.scoringBatches],
  [sqlitePeople.reactions, postgresPeople.reactions],
  [sqlitePeople.changes, postgresPeople.changes],
  [sqlitePeople.signingKeys, postgresPeople.signingKeys],
  [sqlitePeople.updateNotes, postgresPeople.updateNotes],
  [sqlitePeople.webMessages, postgresPeople.webMessages],
  [sqlitePeople.savedPapers, postgresPeople.savedPapers],
  [sqlitePeople.readPapers, postgresPeople.readPapers],
  [sqlitePeople.links, postgresPeople.links],
  [sqlitePeople.linkCodes, postgresPeople.linkCodes],
  [sqlitePeople.shownLists, postgresPeople.shownLists],
  [sqlitePeople.askedQuestions, postgresPeople.askedQuestions],
];

export const copiedTables = (): CopiedTable[] =>
  pairs.map(([from, to]) => ({ name: orm.getTableName(to), columns: columnsOf(from, to) }));

/** The index is not copied, but made again. These columns say whether it is whole. */
export const searchIndex: CopiedTable = {
  name: orm.getTableName(postgres.searchedPapers),
  columns: [
    { name: 'paper_id', type: 'text', convert: asIs, canonical: asIs },
    { name: 'version', type: 'integer', convert: asIs, canonical: asIs },
  ],
};
