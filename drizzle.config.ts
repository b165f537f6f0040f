import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./db/sqlite/schema.ts', './db/sqlite/schema-models.ts', './db/sqlite/schema-people.ts'],
  out: './db/sqlite/migrations',
});
