import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sourceFolders = ['src', 'commands', 'config', 'db', 'tools/evaluation'];

/** Rooms, the most exact first, and the rooms that each may import besides itself. docs/design.md shows the same table. */
const layers: Record<string, string[]> = {
  'src/core': [],
  'src/digest': ['src/core'],
  'src/arxiv': ['src/core'],
  'src/authors': ['src/core'],
  'src/scoring': ['src/core'],
  'src/daily': ['src/core', 'src/digest'],
  'src/pages': ['src/core', 'src/digest'],
  'src/monitoring': ['src/core', 'src/digest'],
  'src/chat/language': ['src/core'],
  'src/chat/kit': ['src/core'],
  'src/chat/slack': ['src/core', 'src/chat/kit'],
  'src/chat/discord': ['src/core', 'src/chat/kit'],
  'src/chat/web': ['src/core', 'src/chat/kit'],
  'src/chat/console': ['src/core', 'src/chat/kit'],
  'src/chat': ['src/core', 'src/digest', 'src/chat/language'],
  'tools/evaluation': ['src/core', 'src/scoring'],
  commands: ['src/core', 'src/digest'],
  config: ['src/core'],
  db: ['src/core'],
};

/** The only files that know more than the table allows: the composition root, and the calls of the command line. */
const compositionRoots = [
  'src/app.ts',
  'src/services.ts',
  'src/chat/connections.ts',
  'src/scoring/engines.ts',
  ...['doctor', 'eval', 'main', 'report', 'start', 'serve-web', 'progress', 'logging', 'reach'].map(
    (name) => `src/cli/${name}.ts`,
  ),
];

/** Packages that belong to one place, by the beginning of their name. */
const owners: Record<string, string> = {
  'drizzle-orm': 'db',
  'better-sqlite3': 'db',
  '@slack/': 'src/chat/slack',
  '@discordjs/': 'src/chat/discord',
  openai: 'src/scoring/llm',
  'hono/html': 'src/pages',
  hono: 'src/chat/web',
  '@hono/': 'src/chat/web',
  katex: 'src/pages',
  'fast-xml-parser': 'src/arxiv',
  'node-html-parser': 'src/arxiv',
  yaml: 'config',
  'p-retry': 'src/core/retry.ts',
  pino: 'src/cli/logging.ts',
  'prom-client': 'src/monitoring/metrics.ts',
  commander: 'src/cli/main.ts',
  'playwright-core': 'tests/browser',
  'axe-core': 'tests/browser',
};

const maxFileLines = 350;

type Source = { path: string; text: string };

const filesUnder = (folder: string): Source[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));

const importPattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\)?\s*\(\s*|\)\s*\(\s*)['"]([^'"\n]+)['"]/g;

/** Comments may show imports; only code counts. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

type Import = { from: string; to: string };

/** What a file imports: other files as paths from the root, packages by name. */
const importsOf = ({ path, text }: Source): Import[] =>
  [...withoutComments(text).matchAll(importPattern)].flatMap(([, name = '']) => {
    if (name.startsWith('.')) return [{ from: path, to: join(dirname(path), name) }];
    return [{ from: path, to: name }];
  });

const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

const layerOf = (path: string): string | undefined => Object.keys(layers).find((layer) => isIn(path, layer));

const isFile = (name: string): boolean => /\.(ts|json)$/.test(name);

const sources = sourceFolders.flatMap(filesUnder);
const imports = sources.flatMap(importsOf);
const show = ({ from, to }: Import): string => `${from} imports ${to}`;

/** What a file may not import, as a reader of a failed test wants to see it. */
const forbidden = (found: readonly Import[]): string[] =>
  found
    .filter(({ from, to }) => {
      if (!isFile(to) || compositionRoots.includes(from)) return false;
      const [here, there] = [layerOf(from), layerOf(to)];
      if (here === undefined || there === undefined) return true;
      // Prices and other data files in config/ are read by whoever needs them.
      if (to.startsWith('config/') && to.endsWith('.json')) return false;
      return here !== there && !layers[here]?.includes(there);
    })
    .map(show);

const strays = (found: readonly Import[]): string[] =>
  found
    .filter(({ from, to }) => {
      const owner = Object.entries(owners).find(([name]) =>
        name.endsWith('/') ? to.startsWith(name) : isIn(to, name),
      );
      return owner !== undefined && !isIn(from, owner[1]);
    })
    .map(show);

describe('the reading of imports', () => {
  it('finds every form of import, and none in comments', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from '../core/b.ts';",
      "import 'side-effect';",
      "export * from './again.ts';",
      "const lazy = await import('openai');",
      "const old = createRequire(import.meta.url)('better-sqlite3');",
      "// import { c } from './c.ts';",
      "/** import('./d.ts') */",
      "type E = import('./e.ts').E;",
    ].join('\n');
    expect(importsOf({ path: 'src/x/file.ts', text }).map(({ to }) => to)).toEqual([
      'src/x/a.ts',
      'src/core/b.ts',
      'side-effect',
      'src/x/again.ts',
      'openai',
      'better-sqlite3',
      'src/x/e.ts',
    ]);
  });

  it('sees a wrong direction and a stray package', () => {
    const wrong: Import[] = [
      { from: 'src/core/a.ts', to: 'db/client.ts' },
      { from: 'src/chat/slack/index.ts', to: 'src/chat/web/page.ts' },
      { from: 'src/daily/run.ts', to: 'src/arxiv/source.ts' },
      { from: 'src/monitoring/health.ts', to: 'src/daily/run.ts' },
      { from: 'src/unplanned/a.ts', to: 'src/core/a.ts' },
    ];
    expect(forbidden(wrong)).toHaveLength(wrong.length);
    expect(
      strays([
        { from: 'src/daily/run.ts', to: 'openai' },
        { from: 'db/x.ts', to: 'drizzle-orm/sqlite-core' },
      ]),
    ).toEqual(['src/daily/run.ts imports openai']);
  });

  it('has read the project, and every composition root is a file of it', () => {
    const paths = sources.map(({ path }) => path);
    expect(compositionRoots.filter((path) => !paths.includes(path))).toEqual([]);
    expect(sources.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(50);
  });
});

describe('the project', () => {
  it('imports in one direction: across layers only in the composition root', () => {
    expect(forbidden(imports)).toEqual([]);
  });

  it('keeps each package behind its one owner', () => {
    expect(strays(imports)).toEqual([]);
  });

  it('has a core that imports nothing but itself, Node, zod and p-retry', () => {
    const outside = imports.filter(
      ({ from, to }) =>
        isIn(from, 'src/core') && !isIn(to, 'src/core') && !to.startsWith('node:') && !['zod', 'p-retry'].includes(to),
    );
    expect(outside.map(show)).toEqual([]);
  });

  it('has commands that import nothing but the core, Node and each other', () => {
    const outside = imports.filter(
      ({ from, to }) =>
        isIn(from, 'commands') &&
        !isIn(to, 'commands') &&
        !isIn(to, 'src/core') &&
        !isIn(to, 'src/digest') &&
        !['node:', 'leven'].some((name) => to.startsWith(name)),
    );
    expect(outside.map(show)).toEqual([]);
  });

  it('reads process.env in src/cli/main.ts alone', () => {
    const readers = sources.filter(({ text }) =>
      /process\s*(\.|\[')env\b|\benv\b[^;]*from 'node:process'/.test(withoutComments(text)),
    );
    expect(readers.map(({ path }) => path).filter((path) => path !== 'src/cli/main.ts')).toEqual([]);
  });

  it(`has no file of more than ${maxFileLines} lines`, () => {
    const long = [...sources, ...filesUnder('tests'), ...filesUnder('tools')]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > maxFileLines);
    expect(long).toEqual([]);
  });
});
