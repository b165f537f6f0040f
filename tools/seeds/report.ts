import type { Difference } from './compare.ts';
import type { Verdict } from './explanations.ts';

/** A difference as it was found on one page of a seed's day. */
export type Finding = {
  /** The seed's date. */
  day: string;
  /** Where it was found: the page that people read, or its data. */
  where: string;
  difference: Difference;
} & Verdict;

const longest = 60;

/** The parts in which two texts differ, each with a little of what stands before it. */
const around = (seed: string, ours: string): [string, string] => {
  let same = 0;
  while (same < Math.min(seed.length, ours.length) && seed[same] === ours[same]) same += 1;
  const start = Math.max(0, same - 20);
  const cut = (text: string): string =>
    `${start > 0 ? '…' : ''}${text.slice(start, start + longest).replace(/\s/g, ' ')}${text.length > start + longest ? '…' : ''}`;
  return [cut(seed), cut(ours)];
};

/** Rows with the columns under each other; the first row names them. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [rows[0] ?? [], rule, ...rows.slice(1)].map(line).join('\n');
};

const unexplainedRows = (findings: readonly Finding[]): string[][] =>
  findings.flatMap(({ day, where, left }) =>
    left ? [[day, where, left.field, left.paper ?? '', ...around(left.seed, left.ours)]] : [],
  );

/** One row for each day, field and reason, with how often it was met and one paper that has it. */
const explainedRows = (findings: readonly Finding[]): string[][] => {
  const met = new Map<string, { row: string[]; wheres: Set<string>; papers: Set<string | undefined> }>();
  for (const { day, where, difference, reasons } of findings) {
    const { field, paper } = difference;
    for (const reason of reasons) {
      const key = [day, field, reason].join();
      const one = met.get(key) ?? { row: [day, field, reason], wheres: new Set(), papers: new Set() };
      one.wheres.add(where);
      one.papers.add(paper);
      met.set(key, one);
    }
  }
  return [...met.values()].map(({ row: [day = '', field = '', reason = ''], wheres, papers }) => {
    const [example] = papers;
    const times = example === undefined ? '' : `${papers.size}, such as ${example}`;
    return [day, [...wheres].join(', '), field, times, reason];
  });
};

/** What was found, as a table to be read: first what nobody explains. */
export const report = (findings: readonly Finding[]): string => {
  const unexplained = findings.filter(({ left }) => left);
  const explained = findings.filter(({ left }) => !left);
  const parts = [
    unexplained.length > 0 &&
      `Not explained:\n\n${table([['day', 'in', 'field', 'paper', 'seed', 'ours'], ...unexplainedRows(unexplained)])}`,
    explained.length > 0 &&
      `Explained:\n\n${table([['day', 'in', 'field', 'papers', 'reason'], ...explainedRows(explained)])}`,
  ];
  return parts.filter(Boolean).join('\n\n');
};
