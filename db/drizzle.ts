import { createRequire } from 'node:module';

/** drizzle-orm's CommonJS build, because importing its ES modules peaks at more than 250 MB of memory. */
export const requireDrizzle = createRequire(import.meta.url);

export const orm: typeof import('drizzle-orm') = requireDrizzle('drizzle-orm');
