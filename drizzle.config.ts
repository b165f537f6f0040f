import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./db/schema.ts', './db/schema-models.ts', './db/schema-people.ts'],
  out: './db/migrations',
});
