import type { Column } from 'drizzle-orm';
import type { PaperVersion } from '../../../src/core/paper.ts';
import type { PaperComment, Rubric, Verdict } from '../../../src/core/score.ts';
import type { ScoreQuery, ScoreStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { currentByPaper, inOrderOf, type ScoreRow, scoreOf, withoutPoints } from '../../rules/scores.ts';
import type { Database } from '../client.ts';
import { isDuplicate } from '../faults.ts';
import { columnsOf, intArray, isOneOf, rowsAs, textArray } from '../lists.ts';
import { rubrics, scores } from '../schema.ts';

const { and, desc, eq, sql } = orm;

const byScorer = ({ rubric, engine, model }: ScoreQuery) =>
  and(eq(scores.rubric, rubric), eq(scores.engine, engine), eq(scores.model, model));

/**
 * Another process may store the next attempt at the same time. One of the two then fails, and numbers its own again. Ends
 * because at each time, one of them succeeds.
 */
const maxRaces = 100;

export const createScoreStore = (db: Database): ScoreStore => {
  /** One statement, so it stores all verdicts or none. In order, because two processes could wait for each other. */
  const insert = async ({ rubric, engine, model }: ScoreQuery, verdicts: readonly Verdict[], createdAt: string) => {
    const rows = verdicts.map((verdict) => ({ ...withoutPoints, ...verdict }));
    const of = (column: Column, value: string) => sql`${sql.param(value, column)}::text`;
    const columns = `"paperId" text, version int, relevance int, novelty int, position int, "of" int,
      match double precision, comment text`;
    const { rows: added } = await db.execute<ScoreRow>(sql`
      INSERT INTO scores (paper_id, version, rubric, engine, model, attempt,
        relevance, novelty, position, "of", match, comment, created_at)
      SELECT v."paperId", v.version, s.rubric, s.engine, s.model,
        1 + coalesce((SELECT max(b.attempt) FROM scores b WHERE b.paper_id = v."paperId" AND b.version = v.version
          AND b.rubric = s.rubric AND b.engine = s.engine AND b.model = s.model), 0),
        v.relevance, v.novelty, v.position, v."of", v.match, v.comment, s.created_at
      FROM ${rowsAs(rows, 'v', columns)}
      CROSS JOIN (VALUES (${of(scores.rubric, rubric)}, ${of(scores.engine, engine)}, ${of(scores.model, model)},
        ${of(scores.createdAt, createdAt)})) AS s (rubric, engine, model, created_at)
      ORDER BY v."paperId", v.version
      RETURNING ${columnsOf(scores)}`);
    return inOrderOf(verdicts, added.map(scoreOf));
  };

  return {
    async saveRubric(rubric: Rubric) {
      await db.insert(rubrics).values(rubric).onConflictDoNothing();
    },

    async rubric(hash) {
      const [row] = await db.select().from(rubrics).where(eq(rubrics.hash, hash));
      return row;
    },

    async current(query, papers: readonly PaperVersion[]) {
      const versions = sql`SELECT * FROM unnest(${textArray(papers.map(({ id }) => id))}, ${intArray(papers.map(({ version }) => version))})`;
      const { rows } = await db.execute<ScoreRow>(sql`
        SELECT DISTINCT ON (paper_id, version) ${columnsOf(scores)} FROM scores
        WHERE (paper_id, version) IN (${versions}) AND ${byScorer(query)}
        ORDER BY paper_id, version, attempt DESC`);
      return rows.map(scoreOf);
    },

    async ofPaper(paperId) {
      const rows = await db.select().from(scores).where(eq(scores.paperId, paperId)).orderBy(desc(scores.scoreId));
      return rows.map(scoreOf);
    },

    async currentOf(rubric, paperIds) {
      const { rows } = await db.execute<ScoreRow>(sql`
        SELECT DISTINCT ON (paper_id, engine) ${columnsOf(scores)} FROM scores
        WHERE ${isOneOf(scores.paperId, paperIds)} AND ${eq(scores.rubric, rubric)}
        ORDER BY paper_id, engine, score_id DESC`);
      return currentByPaper(rows);
    },

    async add(query, verdicts, createdAt) {
      for (let race = 1; ; race += 1)
        try {
          return await insert(query, verdicts, createdAt);
        } catch (error) {
          if (!isDuplicate(error, 'scores_attempt') || race === maxRaces) throw error;
        }
    },

    async comment(query, comments: readonly PaperComment[]) {
      const { rows } = await db.execute<ScoreRow>(sql`
        UPDATE scores SET comment = n.comment
        FROM (
          SELECT DISTINCT ON (scores.paper_id, scores.version) scores.score_id, c.comment
          FROM ${rowsAs(comments, 'c', '"paperId" text, version int, comment text')}
          JOIN scores ON scores.paper_id = c."paperId" AND scores.version = c.version
          WHERE ${byScorer(query)}
          ORDER BY scores.paper_id, scores.version, scores.attempt DESC
        ) n
        WHERE scores.score_id = n.score_id AND scores.comment = ''
        RETURNING ${columnsOf(scores)}`);
      return inOrderOf(comments, rows.map(scoreOf));
    },
  };
};
