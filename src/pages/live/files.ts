import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteFile } from '../../core/site.ts';

const scriptFolder = join(import.meta.dirname, 'browser');
const scripts = ['live.js', 'votes.js', 'commands.js', 'exchange.js', 'files.js', 'offers.js', 'stream.js'];

/** The script of the live pages, as the browser runs it; undefined for any other path. */
export const script = async (path: string): Promise<SiteFile | undefined> => {
  const name = scripts.find((one) => path === `assets/${one}`);
  if (name === undefined) return undefined;
  return { type: 'text/javascript; charset=utf-8', body: await readFile(join(scriptFolder, name), 'utf8') };
};
