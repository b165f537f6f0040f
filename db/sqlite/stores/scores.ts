import type { PaperVersion } from '../../../src/core/paper.ts';
import type { PaperComment, Rubric, Score, Verdict } from '../../../src/core/score.ts';
import type { ScoreQuery, ScoreStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { versionKey } from '../../rules/papers.ts';
import { currentByPaper, scoreOf, withoutPoints } from '../../rules/scores.ts';
import { type Database, write } from '../client.ts';
import { createRowReader } from '../rows.ts';
import { rubrics, scores } from '../schema.ts';

const { and, asc, desc, eq, getTableColumns, inArray, max, sql } = orm;

const keyOf = ({ paperId: id, version }: { paperId: string; version: number }): string => versionKey({ id, version });

const scoreFields = { score: getTableColumns(scores) };
const readScore = createRowReader(scoreFields);

/** Prepared once, because they run for every batch of verdicts and every page. They also work inside a transaction. */
const prepareQueries = (db: Database) => {
  const value = sql.placeholder;
  const ofPapers = inArray(scores.paperId, sql`(SELECT value FROM json_each(${value('paperIds')}))`);
  const ofRubric = eq(scores.rubric, value('rubric'));
  const byScorer = and(ofRubric, eq(scores.engine, value('engine')), eq(scores.model, value('model')));
  const last = db
    .select({ scoreId: max(scores.scoreId) })
    .from(scores)
    .where(and(ofPapers, ofRubric))
    .groupBy(scores.paperId, scores.engine);
  const verdict = {
    ...{ paperId: value('paperId'), version: value('version'), comment: value('comment') },
    ...{ relevance: value('relevance'), novelty: value('novelty') },
    ...{ position: value('position'), of: value('of'), match: value('match') },
    ...{ rubric: value('rubric'), engine: value('engine'), model: value('model') },
    ...{ attempt: value('attempt'), createdAt: value('createdAt') },
  };
  return {
    ofScorer: db.select(scoreFields).from(scores).where(and(byScorer, ofPapers)).orderBy(asc(scores.attempt)).prepare(),
    current: db.select(scoreFields).from(scores).where(inArray(scores.scoreId, last)).prepare(),
    rubric: db
      .select()
      .from(rubrics)
      .where(eq(rubrics.hash, value('hash')))
      .prepare(),
    add: db.insert(scores).values(verdict).returning().prepare(),
    comment: db
      .update(scores)
      .set({ comment: sql`${value('comment')}` })
      .where(eq(scores.scoreId, value('scoreId')))
      .prepare(),
  };
};

export const createScoreStore = (db: Database): ScoreStore => {
  const queries = prepareQueries(db);

  /** The newest score of each paper version, by `versionKey`. */
  const newest = (query: ScoreQuery, versions: readonly PaperVersion[]): Map<string, Score> => {
    const wanted = new Set(versions.map(versionKey));
    const paperIds = JSON.stringify(versions.map(({ id }) => id));
    const found = new Map<string, Score>();
    for (const row of queries.ofScorer.values({ ...query, paperIds })) {
      const { score } = readScore(row);
      const key = keyOf(score);
      if (wanted.has(key)) found.set(key, scoreOf(score));
    }
    return found;
  };

  return {
    async saveRubric(rubric: Rubric) {
      db.insert(rubrics).values(rubric).onConflictDoNothing().run();
    },

    async rubric(hash) {
      return queries.rubric.get({ hash });
    },

    async current(query, papers: readonly PaperVersion[]) {
      return [...newest(query, papers).values()];
    },

    async ofPaper(paperId) {
      const rows = db.select().from(scores).where(eq(scores.paperId, paperId)).orderBy(desc(scores.scoreId)).all();
      return rows.map(scoreOf);
    },

    async currentOf(rubric, paperIds) {
      const rows = queries.current
        .values({ rubric, paperIds: JSON.stringify(paperIds) })
        .map((row) => readScore(row).score);
      return currentByPaper(rows);
    },

    async add(query, verdicts: readonly Verdict[], createdAt) {
      return write(db, () => {
        const versions = verdicts.map(({ paperId, version }) => ({ id: paperId, version }));
        const before = newest(query, versions);
        return verdicts.map((verdict): Score => {
          const attempt = (before.get(keyOf(verdict))?.attempt ?? 0) + 1;
          return scoreOf(queries.add.get({ ...withoutPoints, ...verdict, ...query, attempt, createdAt }));
        });
      });
    },

    async comment(query, comments: readonly PaperComment[]) {
      return write(db, () => {
        const versions = comments.map(({ paperId, version }) => ({ id: paperId, version }));
        const current = newest(query, versions);
        return comments.flatMap((commented): Score[] => {
          const { comment } = commented;
          const score = current.get(keyOf(commented));
          if (score?.comment !== '') return [];
          queries.comment.run({ comment, scoreId: score.scoreId });
          return [{ ...score, comment }];
        });
      });
    },
  };
};
