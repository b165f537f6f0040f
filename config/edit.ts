import { Document, isSeq, parse, parseDocument, Scalar } from 'yaml';
import { UserError } from '../src/core/errors.ts';
import type { Problem } from './problems.ts';
import { problemsOf } from './problems.ts';
import { type ConfigFile, fileSchema } from './schema.ts';

/** What `init` sets. A value of undefined stays as it is. */
export type ConfigChanges = {
  timezone?: string | undefined;
  schedule?: string | undefined;
  model?: string | undefined;
  engine?: ConfigFile['scorer']['engine'] | undefined;
  admins?: readonly string[] | undefined;
  /** Added if the file has no channel with this name. */
  channel: {
    name: string;
    post: readonly string[];
    categories: readonly string[];
    topics: string;
    papersPerDay?: number | undefined;
    top?: number | undefined;
    timezone?: string | undefined;
    schedule?: string | undefined;
  };
};

const newFile = ` Paperboy's settings, written by its set-up. To change them, run "npm run -s paperboy -- init", press Change the set-up
 on the web page, or edit this file.
 config/paperboy.example.yaml lists all keys, docs/configuration.md explains them. Tokens and keys are in .env.`;

/** Reads a config file that may name what is missing, such as a token. */
export const readConfigText = (text: string): { file: ConfigFile } | { problems: Problem[] } => {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return { problems: [error.message.split('\n')[0] ?? ''] };
  const parsed = fileSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  return parsed.success
    ? { file: parsed.data }
    : { problems: problemsOf(parsed.error, fileSchema).map((one) => one.text) };
};

type Path = readonly (string | number)[];

const flowList = (document: Document, values: readonly string[]) => document.createNode([...values], { flow: true });

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Keeps the comments at the items that stay. */
const setList = (document: Document, path: Path, values: readonly string[]): void => {
  const list = document.getIn(path);
  if (!isSeq(list)) {
    document.setIn(path, flowList(document, values));
    return;
  }
  const before = list.toJSON() as unknown[];
  if (isSame(before, values)) return;
  for (let index = before.length - 1; index >= 0; index -= 1)
    if (!values.includes(String(before[index]))) list.delete(index);
  const left = list.toJSON() as unknown[];
  for (const value of values) if (!left.includes(value)) list.add(document.createNode(value));
  if (!isSame(list.toJSON(), values)) document.setIn(path, flowList(document, values));
};

const set = (document: Document, path: Path, value: string | number | undefined): void => {
  if (value !== undefined && document.getIn(path) !== value) document.setIn(path, value);
};

const setSchedule = (document: Document, path: Path, value: string | undefined): void => {
  if (value === undefined || document.getIn(path) === value) return;
  const quoted = new Scalar(value);
  quoted.type = 'QUOTE_DOUBLE';
  document.setIn(path, quoted);
};

const indexOf = (document: Document, name: string): number => {
  const channels = document.get('channels');
  if (!isSeq(channels)) return -1;
  return channels.items.findIndex((_, index) => document.getIn(['channels', index, 'name']) === name);
};

/** Lists as people write them: [cs.LG, cs.AI]. */
const narrow = (yaml: string): string => yaml.replace(/\[ (.*) \]/g, '[$1]');

const indentOf = (line: string): number => line.search(/\S|$/);

/** Undoes what the package changes in lines that mean the same: blank lines, and spaces in brackets and before comments. */
const likeBefore = (before: string, edited: string): string => {
  const bare = (line: string): string => line.replace(/\s+/g, '');
  const known = new Map<string, { line: string; blanks: number }[]>();
  let blanks = 0;
  for (const line of before.split('\n')) {
    const key = bare(line);
    if (key !== '') known.set(key, [...(known.get(key) ?? []), { line, blanks }]);
    blanks = key === '' ? blanks + 1 : 0;
  }
  const lines: string[] = [];
  for (const line of edited.split('\n')) {
    const old = known.get(bare(line))?.shift();
    if (old === undefined || indentOf(old.line) !== indentOf(line)) {
      lines.push(narrow(line));
      continue;
    }
    while (lines.at(-1)?.trim() === '') lines.pop();
    lines.push(...Array<string>(old.blanks).fill(''), old.line);
  }
  const restored = lines.join('\n');
  return isSame(parse(restored), parse(edited)) ? restored : edited;
};

/**
 * The config file with the changes. Comments, order and other keys stay. @param text The file; undefined if there is none.
 * @throws UserError if the file is not YAML.
 */
export const editConfig = (text: string | undefined, changes: ConfigChanges): string => {
  const document: Document = text === undefined ? new Document({}) : parseDocument(text);
  if (document.errors.length > 0) throw new UserError('The config file is not YAML. Correct it, then start again.');
  if (text === undefined) document.commentBefore = newFile;
  const { timezone, schedule, model, engine, admins, channel } = changes;
  set(document, ['timezone'], timezone);
  setSchedule(document, ['schedule'], schedule);
  if (model !== undefined || engine !== undefined) {
    if (!document.has('scorer')) document.set('scorer', document.createNode({}, { flow: true }));
    set(document, ['scorer', 'engine'], engine);
    set(document, ['scorer', 'model'], model);
  }
  if (admins !== undefined) setList(document, ['admins'], admins);
  if (!document.has('channels')) document.set('channels', document.createNode([]));
  if (indexOf(document, channel.name) < 0) document.addIn(['channels'], document.createNode({ name: channel.name }));
  const at = ['channels', indexOf(document, channel.name)];
  setList(document, [...at, 'post'], channel.post);
  setList(document, [...at, 'categories'], channel.categories);
  set(document, [...at, 'topics'], channel.topics);
  set(document, [...at, 'papersPerDay'], channel.papersPerDay);
  set(document, [...at, 'top'], channel.top);
  set(document, [...at, 'timezone'], channel.timezone);
  setSchedule(document, [...at, 'schedule'], channel.schedule);
  const edited = document.toString({ lineWidth: 0 });
  return text === undefined ? narrow(edited) : likeBefore(text, edited);
};

/** A value that Node's parser of `.env` reads back unchanged. */
const dotenvValue = (value: string): string => {
  if (/^[\w.:/@+=-]+$/.test(value)) return value;
  const mark = ['"', "'", '`'].find((one) => !value.includes(one));
  if (mark === undefined || value.includes('\n')) throw new UserError('The value contains quotes or line breaks.');
  return `${mark}${value}${mark}`;
};

/** The `.env` file with these variables. Other lines stay. @param text The file; undefined if there is none. */
export const editDotenv = (text: string | undefined, values: Readonly<Record<string, string>>): string => {
  const lines = (text ?? '').replace(/\n$/, '').split('\n');
  if (text === undefined) lines.splice(0, 1, '# Paperboy’s tokens and keys. .env.example lists all variables.');
  for (const [name, value] of Object.entries(values)) {
    const line = `${name}=${dotenvValue(value)}`;
    // The last one counts.
    const at = lines.findLastIndex((one) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(one));
    if (at < 0) lines.push(line);
    else lines[at] = line;
  }
  return `${lines.join('\n').replace(/^\n+/, '')}\n`;
};
