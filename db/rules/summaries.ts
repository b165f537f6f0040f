import type { PaperVersion } from '../../src/core/paper.ts';
import type { Summary } from '../../src/core/summary.ts';

/** @param rows Of the papers, in any version. */
export const ofVersions = (rows: readonly Summary[], papers: readonly PaperVersion[]): Summary[] => {
  const versions = new Map(papers.map(({ id, version }) => [id, version]));
  return rows.filter((row) => versions.get(row.paperId) === row.version);
};
