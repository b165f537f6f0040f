import type { PaperVersion } from '../../../src/core/paper.ts';
import type { Summary, SummaryQuery, SummaryStore } from '../../../src/core/summary.ts';
import { orm } from '../../drizzle.ts';
import { byVersion } from '../../rules/papers.ts';
import { ofVersions } from '../../rules/summaries.ts';
import { type Database, type Reader, write } from '../client.ts';
import { chunks, isOneOf } from '../lists.ts';
import { summaries } from '../schema.ts';

const { and, eq } = orm;

const select = async (
  reader: Reader,
  { language, model }: SummaryQuery,
  papers: readonly PaperVersion[],
): Promise<Summary[]> => {
  const { summaryId, paperId, version, text } = summaries;
  const ofPapers = isOneOf(
    summaries.paperId,
    papers.map(({ id }) => id),
  );
  const rows = await reader
    .select({ summaryId, paperId, version, text })
    .from(summaries)
    .where(and(eq(summaries.language, language), eq(summaries.model, model), ofPapers));
  return ofVersions(rows, papers);
};

export const createSummaryStore = (db: Database): SummaryStore => ({
  async find(query, papers) {
    return new Map((await select(db, query, papers)).map((summary) => [summary.paperId, summary]));
  },

  add(query, added, createdAt) {
    const versions = added.map(({ paperId: id, version }) => ({ id, version }));
    // Two processes that store the same papers in another order could wait for each other.
    const rows = added
      .map(({ paperId, version, text }) => ({ ...query, paperId, version, text, createdAt }))
      .sort((a, b) => byVersion({ id: a.paperId, version: a.version }, { id: b.paperId, version: b.version }));
    return write(db, async (tx) => {
      for (const some of chunks(rows)) await tx.insert(summaries).values(some).onConflictDoNothing();
      return select(tx, query, versions);
    });
  },
});
