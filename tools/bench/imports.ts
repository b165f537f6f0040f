import module from 'node:module';

// Loads what the program loads, as its launcher does, and ends: called with --version, main.ts does nothing more. The
// packages that the program loads only when it needs them are named in BENCH_PACKAGES.
module.enableCompileCache();
for (const name of (process.env.BENCH_PACKAGES ?? '').split(' ').filter(Boolean)) await import(name);
await import('../../src/cli/main.ts');
