import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './db/sqlite/sqlite/schema.ts',
    './db/sqlite/sqlite/schema-models.ts',
    './db/sqlite/sqlite/schema-people.ts',
  ],
  out: './db/sqlite/sqlite/migrations',
});
