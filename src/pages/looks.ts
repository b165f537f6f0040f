import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteFile } from '../core/site.ts';

const folder = join(import.meta.dirname, 'style');

/** The parts of the style sheet, in their order: a later one overrules an earlier. */
const parts = ['page', 'frame', 'numbers', 'papers', 'overviews', 'sign-in', 'widths', 'dock', 'live', 'commands'];

const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** The site's own looks by path: one style sheet for every page, and the icon. */
const looks: Record<string, () => Promise<SiteFile>> = {
  'assets/style.css': async () => {
    const texts = await Promise.all(parts.map((part) => read(`${part}.css`)));
    return { type: 'text/css; charset=utf-8', body: texts.join('\n') };
  },
  'assets/icon.svg': async () => ({ type: 'image/svg+xml', body: await read('icon.svg') }),
};

export const lookPaths: readonly string[] = Object.keys(looks);

/** The file at one of `lookPaths`; undefined for any other path. */
export const look = async (path: string): Promise<SiteFile | undefined> =>
  Object.hasOwn(looks, path) ? looks[path]?.() : undefined;
