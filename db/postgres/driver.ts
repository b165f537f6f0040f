import { createRequire } from 'node:module';
import type Pg from 'pg';
import { requireDrizzle } from '../drizzle.ts';

export const pg: typeof Pg = createRequire(import.meta.url)('pg');

// Counts and sums are `bigint`, which fits a number in any database of this program.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export const postgresCore: typeof import('drizzle-orm/pg-core') = requireDrizzle('drizzle-orm/pg-core');
export const nodePostgres: typeof import('drizzle-orm/node-postgres') = requireDrizzle('drizzle-orm/node-postgres');
