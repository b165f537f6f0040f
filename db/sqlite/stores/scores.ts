import type { PaperVersion } from '../../../src/core/paper.ts';
import type { PaperComment, Rubric, Score, Verdict } from '../../../src/core/score.ts';
import type { ScoreQuery, ScoreStore } from '../../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { createRowReader } from '../rows.ts';
import { rubrics, scores } from '../schema.ts';

const { and, asc, desc, eq, getTableColumns, inArray, max, sql } = orm;

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

/** A language model's verdict has no position, the built-in scorer's no points. */
const withoutPoints = { relevance: null, novelty: null, position: null, of: null, match: null };

export const createScoreStore = (db: Database): ScoreStore => {
  const queries = prepareQueries(db);

  /** The newest score of each paper version, by `keyOf`. */
  const newest = (query: ScoreQuery, versions: readonly PaperVersion[]): Map<string, Score> => {
    const wanted = new Set(versions.map(({ id, version }) => keyOf(id, version)));
    const paperIds = JSON.stringify(versions.map(({ id }) => id));
    const found = new Map<string, Score>();
    for (const row of queries.ofScorer.values({ ...query, paperIds })) {
      const { score } = readScore(row);
      const key = keyOf(score.paperId, score.version);
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
      const isByModel = ({ engine }: (typeof rows)[number]): number => Number(engine !== 'local');
      // For each paper, the map keeps the last score.
      return new Map(rows.sort((a, b) => isByModel(a) - isByModel(b)).map((row) => [row.paperId, scoreOf(row)]));
    },

    async add(query, verdicts: readonly Verdict[], createdAt) {
      return write(db, () => {
        const versions = verdicts.map(({ paperId, version }) => ({ id: paperId, version }));
        const before = newest(query, versions);
        return verdicts.map((verdict): Score => {
          const attempt = (before.get(keyOf(verdict.paperId, verdict.version))?.attempt ?? 0) + 1;
          return scoreOf(queries.add.get({ ...withoutPoints, ...verdict, ...query, attempt, createdAt }));
        });
      });
    },

    async comment(query, comments: readonly PaperComment[]) {
      return write(db, () => {
        const versions = comments.map(({ paperId, version }) => ({ id: paperId, version }));
        const current = newest(query, versions);
        return comments.flatMap(({ paperId, version, comment }): Score[] => {
          const score = current.get(keyOf(paperId, version));
          if (score?.comment !== '') return [];
          queries.comment.run({ comment, scoreId: score.scoreId });
          return [{ ...score, comment }];
        });
      });
    },
  };
};
