import type { Paper, PaperVersion } from '../../src/core/paper.ts';

type Optional = 'comments' | 'doi' | 'journalReference' | 'license';

export type PaperRow = Omit<Paper, Optional> & Record<Optional, string | null>;

export const paperOf = (row: PaperRow): Paper => {
  const { comments, doi, journalReference, license, ...required } = row;
  return {
    ...required,
    ...(comments === null ? {} : { comments }),
    ...(doi === null ? {} : { doi }),
    ...(journalReference === null ? {} : { journalReference }),
    ...(license === null ? {} : { license }),
  };
};

export const versionKey = ({ id, version }: PaperVersion): string => `${id}v${version}`;

export const byVersion = (a: PaperVersion, b: PaperVersion): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : a.version - b.version;

type AnnouncedRow<Type> = { category: string; type: Type; paper: PaperRow };

/** @param rows In arXiv's order within each category. @returns the papers of one category after the other. */
export const announcedOf = <Type>(rows: readonly AnnouncedRow<Type>[], categories: readonly string[]) => {
  const byCategory = Map.groupBy(rows, ({ category }) => category);
  // Many papers are announced in several categories.
  const found = new Map<string, Paper>();
  const once = (row: PaperRow): Paper => {
    const key = versionKey(row);
    const paper = found.get(key) ?? paperOf(row);
    found.set(key, paper);
    return paper;
  };
  return categories.flatMap((category) =>
    (byCategory.get(category) ?? []).map(({ paper, type }) => ({ category, paper: once(paper), type })),
  );
};
