import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SiteFile } from '../core/site.ts';

const katexFolder = dirname(createRequire(import.meta.url).resolve('katex'));
const styleFolder = join(import.meta.dirname, 'style');
const scriptFolder = join(import.meta.dirname, 'live', 'browser');

const styleParts = [
  'page',
  'frame',
  'numbers',
  'papers',
  'overviews',
  'widths',
  'dock',
  'live',
  'commands',
  'reading',
  'setup',
  'setup-steps',
];

/** Font formats that only browsers older than 2016 need. */
const olderFonts = /,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g;

const css = (body: string): SiteFile => ({ type: 'text/css; charset=utf-8', body });

const files: ReadonlyMap<string, () => Promise<SiteFile>> = new Map([
  [
    'assets/style.css',
    async () => {
      const texts = await Promise.all(styleParts.map((name) => readFile(join(styleFolder, `${name}.css`), 'utf8')));
      return css(texts.join('\n'));
    },
  ],
  [
    'assets/icon.svg',
    async () => ({ type: 'image/svg+xml', body: await readFile(join(styleFolder, 'icon.svg'), 'utf8') }),
  ],
  [
    'assets/katex.min.css',
    async () => css((await readFile(join(katexFolder, 'katex.min.css'), 'utf8')).replace(olderFonts, '')),
  ],
  ...readdirSync(join(katexFolder, 'fonts'))
    .filter((name) => name.endsWith('.woff2'))
    .map((name): [string, () => Promise<SiteFile>] => [
      `assets/fonts/${name}`,
      async () => ({ type: 'font/woff2', body: new Uint8Array(await readFile(join(katexFolder, 'fonts', name))) }),
    ]),
]);

/** Files that are the same on every site: the style sheet, the icon, and KaTeX's style sheet and fonts. */
export const staticPaths: readonly string[] = [...files.keys()];

export const staticFile = async (path: string): Promise<SiteFile | undefined> => files.get(path)?.();

const scripts = [
  'live.js',
  'escape.js',
  'places.js',
  'votes.js',
  'marks.js',
  'keys.js',
  'slider.js',
  'sidebar.js',
  'addresses.js',
  'commands.js',
  'exchange.js',
  'downloads.js',
  'completions.js',
  'stream.js',
  'setup.js',
];

export const scriptFile = async (path: string): Promise<SiteFile | undefined> => {
  const name = scripts.find((one) => path === `assets/${one}`);
  if (name === undefined) return undefined;
  return { type: 'text/javascript; charset=utf-8', body: await readFile(join(scriptFolder, name), 'utf8') };
};
