import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SiteFile } from '../core/site.ts';

const folder = dirname(createRequire(import.meta.url).resolve('katex'));
const stylesheet = 'assets/katex.min.css';

/** The files that typeset mathematics needs: KaTeX's stylesheet and, in `assets/fonts/`, its fonts. */
export const assetPaths: readonly string[] = [
  stylesheet,
  ...readdirSync(join(folder, 'fonts'))
    .filter((name) => name.endsWith('.woff2'))
    .map((name) => `assets/fonts/${name}`),
];

/** Fonts in older formats, which no browser of the last ten years asks for and which are not part of the site. */
const olderFonts = /,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g;

/** The file at one of `assetPaths`; undefined for any other path. */
export const asset = async (path: string): Promise<SiteFile | undefined> => {
  if (!assetPaths.includes(path)) return undefined;
  const file = join(folder, path.slice('assets/'.length));
  if (path !== stylesheet) return { type: 'font/woff2', body: new Uint8Array(await readFile(file)) };
  return { type: 'text/css; charset=utf-8', body: (await readFile(file, 'utf8')).replace(olderFonts, '') };
};
