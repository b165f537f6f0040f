import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/browser/announce.ts'],
    // A third of the computing would else go into starting workers and loading the same modules for every file.
    isolate: false,
    // What hangs is told by its own, shorter patience; this is for a machine that has much else to do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Much of it waits: for other processes, for a browser, for what must not come.
    maxWorkers: availableParallelism() + 2,
  },
});
