import { labelStance, type Stance } from './stance.ts';

type Table = { header: readonly string[]; body: readonly (readonly string[])[] };

const separator = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const isSeparator = (row: string): boolean => row.includes('|') && separator.test(row);
const isFramed = (row: string): boolean => /^\s*\|.*\|\s*$/.test(row);

const cellsOf = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) =>
      cell
        .replaceAll('\\|', '|')
        .replace(/\*\*|__|`|~~/g, '')
        .trim(),
    );

const stances: readonly (readonly [Stance, RegExp])[] = [
  ['wanted', /^(?:y|☑|✔|✓|\+{1,3}|1)\uFE0F?$/iu],
  ['unwanted', /^(?:n|☒|x|×|[-−–]{1,3}|0)\uFE0F?$/iu],
];
/** Says neither yes nor no, so the topic stays wanted. */
const undecided = /^(?:maybe|perhaps|sometimes|some|depends|neutral|medium|mid|~|\?)?$/i;

/** @param header Of the column, which completes "low" as "low priority". */
const stanceOf = (cell: string, header: string): Stance | undefined =>
  stances.find(([, pattern]) => pattern.test(cell))?.[0] ??
  labelStance(cell) ??
  (/^(?:high|low|top)(?:er|est)?$/i.test(cell) ? labelStance(`${cell} ${header}`) : undefined);

/** The column whose cells all say yes or no, if any. */
const stanceColumnOf = ({ header, body }: Table): number =>
  (body[0] ?? []).findLastIndex((_, column) => {
    const cells = body.map((row) => row[column] ?? '');
    const title = header[column] ?? '';
    const decided = cells.filter((cell) => !undecided.test(cell));
    // A column of dashes is empty.
    const says = decided.some((cell) => /[^\s−–-]/u.test(cell));
    return says && decided.every((cell) => stanceOf(cell, title) !== undefined);
  });

const item = (text: string, stance: Stance | undefined): string[] =>
  /\p{L}/u.test(text) ? [stance === 'unwanted' ? `- ~~${text}~~` : `- ${text}`] : [];

/** The rows of a list that says the same as a table. */
const listOf = (table: Table): string[] => {
  const { header, body } = table;
  const stanceColumn = stanceColumnOf(table);
  const titles = header.map((title) => labelStance(title));
  // "| Want | Don't want |" above lists side by side.
  if (stanceColumn < 0 && titles.length > 0 && titles.every((stance) => stance !== undefined))
    return titles.flatMap((stance, column) => body.flatMap((row) => item(row[column] ?? '', stance)));
  const topicColumn = stanceColumn === 0 ? 1 : 0;
  return body.flatMap((row) => {
    const topic = row[topicColumn] ?? '';
    if (stanceColumn >= 0 && stanceOf(row[stanceColumn] ?? '', header[stanceColumn] ?? '') === 'unwanted')
      return item(topic, 'unwanted');
    const others = row
      .map((cell, column) => ({ cell, title: titles[column], column }))
      .filter(({ cell, column }) => column !== topicColumn && column !== stanceColumn && /\p{L}/u.test(cell));
    const described = others.filter(({ title }) => title !== 'unwanted').map(({ cell }) => cell);
    const rejected = others.filter(({ title }) => title === 'unwanted').map(({ cell }) => `  - Not relevant: ${cell}`);
    const own = item(described.length > 0 ? `${topic}: ${described.join(', ')}` : topic, 'wanted');
    return own.length > 0 ? [...own, ...rejected] : [];
  });
};

const startsLikeHeader = ([first = '']: readonly string[]): boolean =>
  /^(?:topics?|subjects?|areas?|fields?|keywords?|themes?|papers?|items?|what)$/i.test(first);

const tableOf = (rows: readonly string[]): Table => {
  const at = rows.findIndex(isSeparator);
  const cells = rows.filter((row) => !isSeparator(row)).map(cellsOf);
  const hasHeader = at > 0 || startsLikeHeader(cells[0] ?? []);
  return { header: hasHeader ? (cells[0] ?? []) : [], body: cells.slice(hasHeader ? 1 : 0) };
};

/**
 * Rewrites each table as a list, with what its column of yes and no rejects struck through. A table is a run of rows in
 * pipes, or of rows with pipes around a separator.
 */
export const withoutTables = (source: readonly string[]): string[] => {
  const rows = source.map((row) => row.replace(/^\s*(?:>\s?)+(?=\s*\|)/, ''));
  const result: string[] = [];
  let at = 0;
  while (at < rows.length) {
    const isTable = isFramed(rows[at] ?? '') || (rows[at]?.includes('|') && isSeparator(rows[at + 1] ?? ''));
    const start = at;
    if (isTable) while (at < rows.length && rows[at]?.includes('|')) at += 1;
    if (at > start) result.push('', ...listOf(tableOf(rows.slice(start, at))), '');
    else {
      result.push(rows[at] ?? '');
      at += 1;
    }
  }
  return result;
};
