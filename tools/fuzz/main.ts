import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const usage = `npm run fuzz -- [--runs N] [--seed N]

Sends N broken inputs (default 100,000 in all) to each reader of feeds, listings, answers, commands and web requests. A
failure prints its input, made as small as possible, and the seed that repeats it.`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(usage);
  process.exit();
}

/** The properties in tests/fuzz share the inputs. */
const properties = 10;
const count = z.coerce.number().int().positive();
const runs = Math.ceil(count.parse(values.runs) / properties);
const seed = count.parse(values.seed);
const root = resolve(import.meta.dirname, '..', '..');

console.log(`${runs} inputs for each of ${properties} readers, with the seed ${seed}`);
const vitest = spawn(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'tests/fuzz', '--reporter=verbose'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PAPERBOY_FUZZ_RUNS: String(runs), PAPERBOY_FUZZ_SEED: String(seed) },
  },
);
const [code] = await once(vitest, 'exit');
process.exitCode = code ?? 1;
