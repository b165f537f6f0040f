import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Writes the program as JavaScript to dist/, because Node strips no types below node_modules. `npm pack` runs it first.

const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'dist');

/** What the program reads from disk. Of config/, only Paperboy's own files: it may also hold those of this clone. */
const assets = [
  'manifest.slack.json',
  'config/{criteria.md,paperboy.example.yaml,prices.json,sample-day.json,topics/foundations.md}',
  'db/*/migrations/{*.sql,meta/_journal.json}',
  'src/cli/init/actions.yaml',
  'src/pages/style/*',
  'src/pages/live/browser/*.js',
];

rmSync(out, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', import.meta.dirname],
  {
    stdio: 'inherit',
  },
);
if (status !== 0) throw new Error('TypeScript could not write the program');

for (const file of globSync(assets, { cwd: root })) cpSync(join(root, file), join(out, file));

for (const file of globSync('**/*.js', { cwd: out })) {
  const text = readFileSync(join(out, file), 'utf8');
  const packed = text
    // Programs that run in a thread or process of their own. TypeScript rewrites only imports.
    .replace(/(new URL\('\.\/[\w-]+)\.ts(', import\.meta\.url\))/g, '$1.js$2')
    // The commands that texts suggest.
    .replaceAll('npm run -s paperboy --', 'paperboy');
  if (packed !== text) writeFileSync(join(out, file), packed);
}

const { name, version, type } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
chmodSync(join(out, 'paperboy.mjs'), 0o755);
writeFileSync(join(out, 'package.json'), `${JSON.stringify({ name, version, type }, undefined, 2)}\n`);
