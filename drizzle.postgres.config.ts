import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    ...['./db/postgres/schema.ts', './db/postgres/schema-models.ts', './db/postgres/schema-people.ts'],
    './db/postgres/schema-shared.ts',
  ],
  out: './db/postgres/migrations',
});
