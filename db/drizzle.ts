import { createRequire } from 'node:module';

/*
 * drizzle-orm through its CommonJS build: importing its ES modules peaks at more than 250 MB of memory, this at a
 * fraction. Everything in db/ takes drizzle from here.
 */
const require = createRequire(import.meta.url);

export const orm: typeof import('drizzle-orm') = require('drizzle-orm');
export const sqliteCore: typeof import('drizzle-orm/sqlite-core') = require('drizzle-orm/sqlite-core');
export const betterSqlite: typeof import('drizzle-orm/better-sqlite3') = require('drizzle-orm/better-sqlite3');
export const migrator: typeof import('drizzle-orm/migrator') = require('drizzle-orm/migrator');
