import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Lets workers and threads share Node's compile cache, as paperboy.mjs does.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    tags: [
      { name: 'proof', description: 'Further cases of what a shorter test shows; they take minutes.' },
      // Downloads, and builds an image of a whole system.
      {
        name: 'registry',
        description: 'Installs packages from a registry, so it needs a network.',
        timeout: 3_600_000,
      },
    ],
    globalSetup: ['tests/announce.ts'],
    // With isolation, a third of the CPU goes into starting workers and loading the same modules for every file.
    isolate: false,
    // An end for what hangs, no promise of speed: the suite must pass on a machine with eight times the work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    // Many tests wait for other processes or a browser.
    maxWorkers: availableParallelism() + 2,
  },
});
