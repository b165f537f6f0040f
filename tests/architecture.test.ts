import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sourceFolders = ['src', 'commands', 'config', 'db', 'tools'];

/** Rooms by path, each with the rooms that it may import besides itself. */
type Rooms = Map<string, readonly string[]>;

const tablePage = 'docs/design.md';
const everything = 'everything';

/** The path of a room that the table names as `core`, `chat/kit`, `config` or `app.ts`. */
const pathOf = (name: string, paths: readonly string[]): string => {
  const path = paths.find((one) => one === name || one === `src/${name}`);
  if (name === everything) return everything;
  if (path === undefined) throw new Error(`${tablePage}: the table of rooms names "${name}", but has no row for it`);
  return path;
};

/** Reads the rows of the table of rooms: paths in backticks, what they hold, and what they may import. */
const readRooms = (page: string): Rooms => {
  const [, table = ''] = /^\| room \| holds \| may import \|\n\|[-|]+\|\n((?:\|.*\|\n)+)/m.exec(page) ?? [];
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').slice(1, -1))
    .map(([rooms = '', , allowed = '']) => ({
      rooms: [...rooms.matchAll(/`([^`]+?)\/?`/g)].map(([, path = '']) => path),
      allowed: allowed.trim(),
    }));
  const paths = rows.flatMap(({ rooms }) => rooms);
  return new Map(
    rows.flatMap(({ rooms, allowed }) => {
      const names = allowed === 'nothing' ? [] : allowed.split(', ').map((name) => pathOf(name, paths));
      return rooms.map((room): [string, readonly string[]] => [room, names]);
    }),
  );
};

const rooms = readRooms(readFileSync(join(root, tablePage), 'utf8'));

/** Packages that several rooms may import. Any other belongs to the one room that imports it. */
const sharedPackages = [
  ...['croner', 'hono', 'leven', 'p-queue', 'quick-lru', 'stemmer', 'zod'],
  ...['mdast', 'mdast-util-from-markdown', 'mdast-util-to-string'],
];

const maxFileLines = 350;

type Source = { path: string; text: string };

const filesUnder = (folder: string): Source[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));

const importPattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\)?\s*\(\s*|\)\s*\(\s*)['"]([^'"\n]+)['"]/g;

/** Comments may quote imports. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

type Import = { from: string; to: string };

/** Files are given as paths from the root, packages by name. */
const importsOf = ({ path, text }: Source): Import[] =>
  [...withoutComments(text).matchAll(importPattern)].flatMap(([, name = '']) => {
    if (name.startsWith('.')) return [{ from: path, to: join(dirname(path), name) }];
    return [{ from: path, to: name }];
  });

const isIn = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`);

/** The innermost room of a file: `src/chat/kit` before `src/chat`. */
const roomOf = (path: string): string | undefined =>
  [...rooms.keys()].filter((room) => isIn(path, room)).sort((a, b) => b.length - a.length)[0];

/** Each folder of `src/chat/` is a room of its own; without a row it would pass as part of `src/chat/`. */
const unlistedPartOfChat = (path: string): string | undefined => {
  const [, part] = /^(src\/chat\/[^/]+)\//.exec(path) ?? [];
  return part !== undefined && !rooms.has(part) ? part : undefined;
};

const isFile = (name: string): boolean => /\.(ts|json)$/.test(name);

const sources = sourceFolders.flatMap(filesUnder);
const imports = sources.flatMap(importsOf);
const show = ({ from, to }: Import): string => `${from} imports ${to}`;

/** What is wrong with an import between files, for the reader of a failed test. */
const faultOf = ({ from, to }: Import): string | undefined => {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === undefined) return `${from} is in no room of the table in ${tablePage}; add a row for its folder`;
  const part = unlistedPartOfChat(from);
  if (part) return `${from} is in no room of the table in ${tablePage}; add ${part}/ to the row of the adapters`;
  const allowed = rooms.get(here) ?? [];
  if (here === there || allowed.includes(everything) || (there && allowed.includes(there))) return undefined;
  // Prices and other data files in config/ may be read from anywhere.
  if (to.startsWith('config/') && to.endsWith('.json')) return undefined;
  const names = allowed.length === 0 ? 'nothing' : allowed.join(', ');
  return `${from} imports ${to}, but the table in ${tablePage} lets ${here} import ${names}`;
};

const forbidden = (found: readonly Import[]): string[] =>
  found.filter(({ to }) => isFile(to)).flatMap((one) => faultOf(one) ?? []);

/** `hono/streaming` is part of `hono`; `@slack/bolt` is a package. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages with more than one owner, for the reader of a failed test. */
const strays = (found: readonly Import[]): string[] => {
  const ofPackages = found.filter(({ from, to }) => {
    const isFree = rooms.get(roomOf(from) ?? '')?.includes(everything);
    return !isFree && !isFile(to) && /^@?[a-z][\w./-]*$/.test(to);
  });
  return [...Map.groupBy(ofPackages, ({ to }) => packageOf(to))].flatMap(([name, some]) => {
    const owners = [...new Set(some.map(({ from }) => roomOf(from)))];
    return owners.length > 1 && !sharedPackages.includes(name)
      ? [`${name} is imported by ${owners.join(' and ')}`]
      : [];
  });
};

describe('reading the imports', () => {
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

  it('names the file, the import and what the table allows', () => {
    expect(
      forbidden([
        { from: 'src/core/a.ts', to: 'db/client.ts' },
        { from: 'src/chat/slack/index.ts', to: 'src/chat/web/page.ts' },
        { from: 'src/monitoring/health.ts', to: 'src/daily/run.ts' },
        { from: 'src/unplanned/a.ts', to: 'src/core/a.ts' },
        { from: 'src/app.ts', to: 'src/daily/run.ts' },
        { from: 'src/daily/run.ts', to: 'src/core/clock.ts' },
      ]),
    ).toEqual([
      'src/core/a.ts imports db/client.ts, but the table in docs/design.md lets src/core import nothing',
      'src/chat/slack/index.ts imports src/chat/web/page.ts, but the table in docs/design.md lets src/chat/slack import src/core, src/chat/kit',
      'src/monitoring/health.ts imports src/daily/run.ts, but the table in docs/design.md lets src/monitoring import src/core, src/digest',
      'src/unplanned/a.ts is in no room of the table in docs/design.md; add a row for its folder',
    ]);
  });

  it('asks for a row for a new platform', () => {
    expect(forbidden([{ from: 'src/chat/unplanned/index.ts', to: 'src/chat/slack/index.ts' }])).toEqual([
      'src/chat/unplanned/index.ts is in no room of the table in docs/design.md; add src/chat/unplanned/ to the row of the adapters',
    ]);
  });

  it('finds a package with two owners', () => {
    expect(
      strays([
        { from: 'src/scoring/llm/client.ts', to: 'openai' },
        { from: 'src/daily/run.ts', to: 'openai/helpers' },
        { from: 'db/x.ts', to: 'drizzle-orm/sqlite-core' },
        { from: 'db/y.ts', to: 'drizzle-orm' },
        { from: 'config/x.ts', to: 'zod' },
        { from: 'src/core/x.ts', to: 'zod' },
      ]),
    ).toEqual(['openai is imported by src/scoring and src/daily']);
  });

  it('reads the sources of the project', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(50);
  });
});

describe('the table of rooms', () => {
  it('has a row for every folder, and no other rows', () => {
    const isEmpty = (room: string): boolean => !sources.some(({ path }) => isIn(path, room));
    expect([...rooms.keys()].filter(isEmpty)).toEqual([]);
    expect(
      sources.map(({ path }) => path).filter((path) => roomOf(path) === undefined || unlistedPartOfChat(path)),
    ).toEqual([]);
  });

  it('lets only the composition root and the development tools import everything', () => {
    const free = [...rooms].filter(([, allowed]) => allowed.includes(everything)).map(([room]) => room);
    expect(free).toEqual([
      'src/app.ts',
      'tools/bench',
      'tools/seeds',
      'tools/chaos',
      'tools/drawing',
      'tools/fuzz',
      'tools/outages',
      'tools/soak',
    ]);
  });

  it('has no import cycle between rooms', () => {
    const reach = (room: string, seen = new Set<string>()): Set<string> => {
      const allowed = rooms.get(room);
      for (const next of Array.isArray(allowed) ? allowed : []) if (!seen.has(next)) reach(next, seen.add(next));
      return seen;
    };
    expect([...rooms.keys()].filter((room) => reach(room).has(room))).toEqual([]);
  });
});

describe('the project', () => {
  it('imports only what the table of rooms allows', () => {
    expect(forbidden(imports)).toEqual([]);
  });

  it('lets one room import each package', () => {
    expect(strays(imports)).toEqual([]);
  });

  it('lets core import only Node, zod and p-retry', () => {
    const outside = imports.filter(
      ({ from, to }) =>
        isIn(from, 'src/core') && !isIn(to, 'src/core') && !to.startsWith('node:') && !['zod', 'p-retry'].includes(to),
    );
    expect(outside.map(show)).toEqual([]);
  });

  it('lets commands import only core, digest, Node and small text libraries', () => {
    const outside = imports.filter(
      ({ from, to }) =>
        isIn(from, 'commands') &&
        !isIn(to, 'commands') &&
        !isIn(to, 'src/core') &&
        !isIn(to, 'src/digest') &&
        !['node:', 'leven', 'diff', 'mdast'].some((name) => to.startsWith(name)),
    );
    expect(outside.map(show)).toEqual([]);
  });

  it('reads process.env in src/cli/main.ts alone', () => {
    const readers = sources
      .filter(({ path }) => !rooms.get(roomOf(path) ?? '')?.includes(everything))
      .filter(({ text }) => /process\s*(\.|\[')env\b|\benv\b[^;]*from 'node:process'/.test(withoutComments(text)));
    expect(readers.map(({ path }) => path)).toEqual(['src/cli/main.ts']);
  });

  it(`has no file of more than ${maxFileLines} lines`, () => {
    const long = [...sources, ...filesUnder('tests')]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > maxFileLines);
    expect(long).toEqual([]);
  });
});
