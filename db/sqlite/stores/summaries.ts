import type { PaperVersion } from '../../../src/core/paper.ts';
import type { Summary, SummaryQuery, SummaryStore } from '../../../src/core/summary.ts';
import { orm } from '../../drizzle.ts';
import { ofVersions } from '../../rules/summaries.ts';
import { type Database, write } from '../client.ts';
import { summaries } from '../schema.ts';

const { and, eq, inArray } = orm;

const select = (
  reader: Pick<Database, 'select'>,
  { language, model }: SummaryQuery,
  papers: readonly PaperVersion[],
): Summary[] => {
  const { summaryId, paperId, version, text } = summaries;
  const rows = reader
    .select({ summaryId, paperId, version, text })
    .from(summaries)
    .where(
      and(
        eq(summaries.language, language),
        eq(summaries.model, model),
        inArray(
          summaries.paperId,
          papers.map(({ id }) => id),
        ),
      ),
    )
    .all();
  return ofVersions(rows, papers);
};

export const createSummaryStore = (db: Database): SummaryStore => ({
  async find(query, papers) {
    return new Map(select(db, query, papers).map((summary) => [summary.paperId, summary]));
  },

  async add(query, added, createdAt) {
    return write(db, (tx) => {
      for (const { paperId, version, text } of added)
        tx.insert(summaries)
          .values({ ...query, paperId, version, text, createdAt })
          .onConflictDoNothing()
          .run();
      return select(
        tx,
        query,
        added.map(({ paperId: id, version }) => ({ id, version })),
      );
    });
  },
});
