import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { table } from './table.ts';

/** What a part of the benchmark measured. */
export type Report = {
  part: string;
  tables: readonly (readonly (readonly string[])[])[];
  /** Sentences below the tables, such as assumptions. */
  notes: readonly string[];
  /** Everything measured, for other programs. */
  data: object;
  /** SVG pictures by file name. */
  pictures?: Record<string, string>;
};

const docs = join(import.meta.dirname, '..', '..', 'docs');
const page = join(docs, 'performance.md');

const markdownTable = ([head = [], ...rows]: Report['tables'][number]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Replaces what is between the comments `<!-- bench PART -->` and `<!-- end PART -->`. @throws Error without them. */
export const withBlock = (text: string, part: string, block: string): string => {
  const [start, end] = [`<!-- bench ${part} -->`, `<!-- end ${part} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no block for ${part}`);
  return `${text.slice(0, from + start.length)}\n\n${block}\n\n${text.slice(to)}`;
};

const parts = z.record(z.string(), z.unknown());

/**
 * Prints a report. `--json FILE` also writes its data, beside those of other parts in the file, and `--docs` puts the tables
 * and pictures into docs/performance.md.
 */
export const publish = async ({ part, tables, notes, data, pictures = {} }: Report): Promise<void> => {
  const { values } = parseArgs({
    // Other parts have other options.
    strict: false,
    options: { json: { type: 'string' }, docs: { type: 'boolean' } },
  });
  console.log([...tables.map(table), notes.map((note) => `- ${note}`).join('\n')].join('\n\n'));
  if (typeof values.json === 'string') {
    const others = existsSync(values.json) ? parts.parse(JSON.parse(await readFile(values.json, 'utf8'))) : {};
    await writeFile(values.json, `${JSON.stringify({ ...others, [part]: data }, undefined, 2)}\n`);
  }
  if (values.docs !== true) return;
  const block = [...tables.map(markdownTable), notes.map((note) => `- ${note}`).join('\n')].join('\n\n');
  await writeFile(page, withBlock(await readFile(page, 'utf8'), part, block));
  for (const [name, picture] of Object.entries(pictures)) await writeFile(join(docs, 'images', name), picture);
};
