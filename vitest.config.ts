import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Workers and threads take what Node has compiled before, as paperboy.mjs does, rather than compile it anew.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

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
