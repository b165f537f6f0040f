import type { PaperVersion } from '../../src/core/paper.ts';
import type { PaperComment, Rubric, Score, Verdict } from '../../src/core/score.ts';
import type { ScoreQuery, ScoreStore } from '../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { rubrics, scores } from '../schema.ts';

const { and, asc, desc, eq, inArray, max } = orm;

const byQuery = (query: ScoreQuery) =>
  and(eq(scores.rubric, query.rubric), eq(scores.engine, query.engine), eq(scores.model, query.model));

const keyOf = (id: string, version: number): string => `${id}v${version}`;

/** @throws Error if the row lacks a value that its engine always stores. */
export const scoreOf = (row: typeof scores.$inferSelect): Score => {
  const { engine, relevance, novelty, position, of, match, ...stored } = row;
  const known = (value: number | null): number => {
    if (value === null) throw new Error(`score ${row.scoreId} by ${engine} is incomplete`);
    return value;
  };
  return engine === 'local'
    ? { ...stored, engine, position: known(position), of: known(of), match: known(match) }
    : { ...stored, engine, relevance: known(relevance), novelty: known(novelty) };
};

type Reader = Pick<Database, 'select'>;

/** The newest score of each paper version, by `keyOf`. */
const newest = (reader: Reader, query: ScoreQuery, versions: readonly PaperVersion[]): Map<string, Score> => {
  const wanted = new Set(versions.map(({ id, version }) => keyOf(id, version)));
  const ids = versions.map(({ id }) => id);
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
    return [...newest(db, query, papers).values()];
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
    return write(db, (tx) => {
      const versions = verdicts.map(({ paperId, version }) => ({ id: paperId, version }));
      const before = newest(tx, query, versions);
      return verdicts.map((verdict): Score => {
        const attempt = (before.get(keyOf(verdict.paperId, verdict.version))?.attempt ?? 0) + 1;
        const row = { ...verdict, ...query, attempt, createdAt };
        return scoreOf(tx.insert(scores).values(row).returning().get());
      });
    });
  },

  async comment(query, comments: readonly PaperComment[]) {
    return write(db, (tx) => {
      const versions = comments.map(({ paperId, version }) => ({ id: paperId, version }));
      const current = newest(tx, query, versions);
      return comments.flatMap(({ paperId, version, comment }): Score[] => {
        const score = current.get(keyOf(paperId, version));
        if (score?.comment !== '') return [];
        tx.update(scores).set({ comment }).where(eq(scores.scoreId, score.scoreId)).run();
        return [{ ...score, comment }];
      });
    });
  },
});
