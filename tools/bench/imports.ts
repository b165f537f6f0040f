import module from 'node:module';

// Loads the program's modules and exits. Call it with --version, so that main.ts does nothing more. BENCH_PACKAGES lists the
// packages that the program loads later.
module.enableCompileCache();
for (const name of (process.env.BENCH_PACKAGES ?? '').split(' ').filter(Boolean)) await import(name);
await import('../../src/cli/main.ts');
