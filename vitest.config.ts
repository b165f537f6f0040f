import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/browser/announce.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Much of it waits: for other processes, for a browser, for what must not come.
    maxWorkers: availableParallelism() + 2,
  },
});
