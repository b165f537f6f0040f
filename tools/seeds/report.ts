import { table } from '../bench/table.ts';
import type { Difference } from './compare.ts';
import type { Verdict } from './explanations.ts';

export type Finding = {
  day: string;
  where: string;
  difference: Difference;
} & Verdict;

const maxLength = 60;

const around = (seed: string, ours: string): [string, string] => {
  let same = 0;
  while (same < Math.min(seed.length, ours.length) && seed[same] === ours[same]) same += 1;
  const start = Math.max(0, same - 20);
  const cut = (text: string): string =>
    `${start > 0 ? '…' : ''}${text.slice(start, start + maxLength).replace(/\s/g, ' ')}${text.length > start + maxLength ? '…' : ''}`;
  return [cut(seed), cut(ours)];
};

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const rule = head.map((name, column) =>
    '-'.repeat(Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0))),
  );
  return table([head, rule, ...rows]);
};

const unexplainedRows = (findings: readonly Finding[]): string[][] =>
  findings.flatMap(({ day, where, left }) =>
    left ? [[day, where, left.field, left.paper ?? '', ...around(left.seed, left.ours)]] : [],
  );

const explainedRows = (findings: readonly Finding[]): string[][] => {
  const groups = new Map<string, { row: string[]; wheres: Set<string>; papers: Set<string | undefined> }>();
  for (const { day, where, difference, reasons } of findings) {
    const { field, paper } = difference;
    for (const reason of reasons) {
      const key = [day, field, reason].join();
      const one = groups.get(key) ?? { row: [day, field, reason], wheres: new Set(), papers: new Set() };
      one.wheres.add(where);
      one.papers.add(paper);
      groups.set(key, one);
    }
  }
  return [...groups.values()].map(({ row: [day = '', field = '', reason = ''], wheres, papers }) => {
    const [example] = papers;
    const times = example === undefined ? '' : `${papers.size}, such as ${example}`;
    return [day, [...wheres].join(', '), field, times, reason];
  });
};

export const report = (findings: readonly Finding[]): string => {
  const unexplained = findings.filter(({ left }) => left);
  const explained = findings.filter(({ left }) => !left);
  const parts = [
    unexplained.length > 0 &&
      `Not explained:\n\n${tableOf(['day', 'in', 'field', 'paper', 'seed', 'ours'], unexplainedRows(unexplained))}`,
    explained.length > 0 &&
      `Explained:\n\n${tableOf(['day', 'in', 'field', 'papers', 'reason'], explainedRows(explained))}`,
  ];
  return parts.filter(Boolean).join('\n\n');
};
