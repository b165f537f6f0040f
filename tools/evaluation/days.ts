import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { isSameCategory } from '../../src/core/category.ts';
import type { Channel } from '../../src/core/channel.ts';
import { errorText, UserError } from '../../src/core/errors.ts';
import type { AnnouncedPaper, Candidate, IsoDate } from '../../src/core/paper.ts';
import { type AuthoredPaper, type Cutoffs, isByModel, type Points } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';

type JudgedPaper = {
  paper: AuthoredPaper;
  /** True if picked or liked with 👍. Rankings are compared with this. */
  picked: boolean;
  /** Undefined if only the built-in scorer scored it. */
  score: Points | undefined;
  comment?: string | undefined;
};

export type JudgedDay = { date: IsoDate; papers: JudgedPaper[] };

const paperSchema = z.object({
  id: z.string(),
  title: z.string(),
  authors: z.array(z.string()),
  categories: z.array(z.string()),
  abstract: z.string(),
});

const daySchema = z.object({
  date: z.iso.date(),
  papers: z.array(paperSchema),
  labels: z.record(
    z.string(),
    z.object({ relevance: z.number().optional(), novelty: z.number().optional(), comment: z.string().optional() }),
  ),
});

const unlabeled = { relevance: 1, novelty: 1 };

/**
 * Papers of a day file in any of the categories. A label with scores marks a pick. A label with only a comment marks a
 * followed author's paper, which is left out because it was posted regardless of its subject.
 */
export const judgedDay = (file: unknown, categories: readonly string[]): JudgedDay => {
  const { date, papers, labels } = daySchema.parse(file);
  return {
    date,
    papers: papers
      .filter((paper) => paper.categories.some((one) => categories.some((other) => isSameCategory(one, other))))
      .flatMap((paper): JudgedPaper[] => {
        const label = labels[paper.id];
        const { relevance, novelty } = label ?? unlabeled;
        if (relevance === undefined || novelty === undefined) return [];
        const judged = { picked: label !== undefined, score: { relevance, novelty }, comment: label?.comment };
        return [{ paper: { ...paper, version: 1 }, ...judged }];
      }),
  };
};

const parseJson = (text: string): unknown => JSON.parse(text);

const faultOf = (error: unknown): string => {
  const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
  return issue ? `${issue.path.map(String).join('.') || 'all of it'}: ${issue.message}` : errorText(error);
};

export const cutoffsOf = (days: readonly JudgedDay[]): Cutoffs => {
  const picks = days.flatMap(({ papers }) => papers.flatMap(({ picked, score }) => (picked && score ? [score] : [])));
  return {
    relevance: picks.reduce((min, { relevance }) => Math.min(min, relevance), 10),
    novelty: picks.reduce((min, { novelty }) => Math.min(min, novelty), 10),
  };
};

/**
 * Reads a folder of day files, `DATE.json` or `DATE.json.gz`, in order of date.
 * @throws UserError if there are none, or one is invalid.
 */
export const readDays = async (folder: string, categories: readonly string[]): Promise<JudgedDay[]> => {
  const names = await readdir(folder).catch(() => {
    throw new UserError(`There is no folder ${folder}.`);
  });
  const files = names.filter((name) => /^\d{4}-\d{2}-\d{2}\.json(?:\.gz)?$/.test(name)).sort();
  if (files.length === 0) throw new UserError(`${folder} has no day files, such as 2025-07-01.json.gz.`);
  const days: JudgedDay[] = [];
  for (const name of files) {
    try {
      const data = await readFile(join(folder, name));
      days.push(judgedDay(parseJson((name.endsWith('.gz') ? gunzipSync(data) : data).toString('utf8')), categories));
    } catch (error) {
      throw new UserError(`${join(folder, name)} is not a valid day file: ${faultOf(error)}`);
    }
  }
  return days;
};

type OwnDaysParts = {
  stores: Pick<Stores, 'digests' | 'announcements' | 'scores' | 'reactions'>;
  candidatesOf(announced: readonly AnnouncedPaper[]): readonly Candidate[];
};

/**
 * A channel's days with a digest, oldest first, with the papers that have a score under the digest's rubric. Papers
 * with more 👍 than 👎 are picks. All others are not, including those that were not posted.
 */
export const ownDays = async (
  { name, categories }: Pick<Channel, 'name' | 'categories'>,
  { stores, candidatesOf }: OwnDaysParts,
): Promise<JudgedDay[]> => {
  const dates = (await stores.digests.summaries(name)).map(({ date }) => date).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const votes = await stores.reactions.votesBetween(name, first, last);
  const liked = new Set(votes.filter(({ up, down }) => up > down).map(({ date, paperId }) => `${date} ${paperId}`));
  const days: JudgedDay[] = [];
  for (const date of dates) {
    const digest = await stores.digests.find(name, date);
    if (!digest || (await stores.announcements.isPruned(date, categories))) continue;
    const papers = candidatesOf(await stores.announcements.read(date, categories)).map(({ paper }) => paper);
    const scores = await stores.scores.currentOf(
      digest.rubric,
      papers.map(({ id }) => id),
    );
    days.push({
      date,
      papers: papers.flatMap((paper): JudgedPaper[] => {
        const score = scores.get(paper.id);
        if (!score) return [];
        const picked = liked.has(`${date} ${paper.id}`);
        if (!isByModel(score)) return [{ paper, picked, score: undefined }];
        const { relevance, novelty } = score;
        return [{ paper, picked, score: { relevance, novelty } }];
      }),
    });
  }
  return days;
};
