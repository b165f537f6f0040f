import type { PaperVersion } from '../../src/core/paper.ts';
import type { Rubric, Score, Verdict } from '../../src/core/score.ts';
import type { ScoreQuery, ScoreStore } from '../../src/core/stores.ts';
import { type Database, orm } from '../client.ts';
import { rubrics, scores } from '../schema.ts';

const { and, asc, desc, eq, inArray, max } = orm;

const byQuery = (query: ScoreQuery) =>
  and(eq(scores.rubric, query.rubric), eq(scores.engine, query.engine), eq(scores.model, query.model));

const keyOf = (id: string, version: number): string => `${id}v${version}`;

export const scoreOf = ({ percentile, ...score }: typeof scores.$inferSelect): Score =>
  percentile === null ? score : { ...score, percentile };

type Reader = Pick<Database, 'select'>;

const newest = (reader: Reader, query: ScoreQuery, wanted: ReadonlySet<string>, ids: string[]): Map<string, Score> => {
  const rows = reader
    .select()
    .from(scores)
    .where(and(byQuery(query), inArray(scores.paperId, ids)))
    .orderBy(asc(scores.attempt))
    .all();
  const found = new Map<string, Score>();
  for (const row of rows) {
    const key = keyOf(row.paperId, row.version);
    if (wanted.has(key)) found.set(key, scoreOf(row));
  }
  return found;
};

export const createScoreStore = (db: Database): ScoreStore => ({
  async saveRubric(rubric: Rubric) {
    db.insert(rubrics).values(rubric).onConflictDoNothing().run();
  },

  async rubric(hash) {
    return db.select().from(rubrics).where(eq(rubrics.hash, hash)).get();
  },

  async current(query, papers: readonly PaperVersion[]) {
    const wanted = new Set(papers.map((paper) => keyOf(paper.id, paper.version)));
    const ids = papers.map((paper) => paper.id);
    return [...newest(db, query, wanted, ids).values()];
  },

  async ofPaper(paperId) {
    const rows = db.select().from(scores).where(eq(scores.paperId, paperId)).orderBy(desc(scores.scoreId)).all();
    return rows.map(scoreOf);
  },

  async currentOf(rubric, paperIds) {
    const last = db
      .select({ scoreId: max(scores.scoreId) })
      .from(scores)
      .where(and(inArray(scores.paperId, [...paperIds]), eq(scores.rubric, rubric)))
      .groupBy(scores.paperId, scores.engine);
    const rows = db.select().from(scores).where(inArray(scores.scoreId, last)).all();
    const isByModel = ({ engine }: (typeof rows)[number]): number => Number(engine !== 'local');
    // For each paper, the map keeps the last score.
    return new Map(rows.sort((a, b) => isByModel(a) - isByModel(b)).map((row) => [row.paperId, scoreOf(row)]));
  },

  async add(query, verdicts: readonly Verdict[], createdAt) {
    return db.transaction(
      (tx) => {
        const wanted = new Set(verdicts.map((verdict) => keyOf(verdict.paperId, verdict.version)));
        const ids = verdicts.map((verdict) => verdict.paperId);
        const before = newest(tx, query, wanted, ids);
        return verdicts.map((verdict): Score => {
          const attempt = (before.get(keyOf(verdict.paperId, verdict.version))?.attempt ?? 0) + 1;
          const row = { ...verdict, ...query, attempt, createdAt };
          return scoreOf(tx.insert(scores).values(row).returning().get());
        });
      },
      { behavior: 'immediate' },
    );
  },
});
