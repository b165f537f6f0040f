import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { cutoffsOf, type JudgedDay, ownDays, readDays } from '../../tools/evaluation/days.ts';
import { type Evaluation, type EvaluationOptions, evaluate } from '../../tools/evaluation/evaluate.ts';
import { createScorerRanker, createStoredRanker, type evalEngines } from '../../tools/evaluation/rankers.ts';
import { evaluationBars, evaluationPicture, evaluationTable } from '../../tools/evaluation/report.ts';
import type { App } from '../app.ts';
import type { Channel } from '../core/channel.ts';
import { UserError } from '../core/errors.ts';
import { gate } from '../daily/draft/gate.ts';
import { createRubric } from '../scoring/rubric.ts';

export type EvalRequest = {
  /** Folder of day files; the channel's own history if left out. */
  days: string | undefined;
  engine: (typeof evalEngines)[number];
  /** Days before each that an engine may learn from; as many as suit the number of days if left out. */
  history: number | undefined;
  /** Only so many days, the last ones, are measured; all if left out. */
  last?: number | undefined;
  /** Path of a topics file; the channel's topics if left out. */
  topics: string | undefined;
  /** Path of an SVG file to write. */
  picture: string | undefined;
};

/** So many days of history, or half of the days where there are not that many. */
const defaultHistory = 20;
/** With fewer days an interval says nothing. */
const minLikedDays = 3;

const readTopics = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UserError(`There is no topics file ${file}, or it cannot be read.`);
  });
  if (text.trim() === '') throw new UserError(`The topics file ${file} is empty.`);
  return text;
};

/** @throws UserError where no day has a paper of the channel's categories. */
const daysOfFolder = async (folder: string, { name, categories }: Channel): Promise<JudgedDay[]> => {
  const days = await readDays(folder, categories);
  if (days.every(({ papers }) => papers.length === 0))
    throw new UserError(
      `No paper in ${folder} is in ${categories.join(', ')}, the categories of ${name}; choose another channel with --channel.`,
    );
  return days;
};

/** @throws UserError where there are too few votes, with what is missing. */
const daysOfChannel = async (channel: Channel, { stores }: App, history: number | undefined): Promise<JudgedDay[]> => {
  const days = await ownDays(channel, {
    stores,
    candidatesOf: (announced) => gate(announced, channel, new Map()).candidates,
  });
  const before = history ?? defaultHistoryOf(days);
  const liked = days.slice(before).filter(({ papers }) => papers.some(({ picked }) => picked)).length;
  if (liked < minLikedDays)
    throw new UserError(
      [
        `${channel.name} has too little to be measured by: ${days.length} days with a digest, and after the first ${before}, which are only learned from, ${liked} with a paper that has more 👍 than 👎.`,
        `It takes ${minLikedDays} of these. Let people vote for some days more, or measure on day files with --days.`,
      ].join(' '),
    );
  return days;
};

const defaultHistoryOf = (days: readonly JudgedDay[]): number => Math.min(defaultHistory, Math.floor(days.length / 2));

/** @throws UserError where no model is configured. */
const askingTheModel = async (channel: Channel, topics: string, days: readonly JudgedDay[], app: App) => {
  const { llm } = app.engines;
  if (!llm) throw new UserError('No language model is configured; set OPENAI_API_KEY or OPENAI_BASE_URL.');
  const { criteria, language } = channel.rubric;
  const rubric = createRubric({ topics, criteria, language });
  // The calls are booked under it.
  await app.stores.scores.saveRubric(rubric);
  return { name: llm.model, rank: createScorerRanker(llm.scorer, rubric, cutoffsOf(days), 0) };
};

const optionsFor = async (request: EvalRequest, channel: Channel, app: App): Promise<EvaluationOptions> => {
  const { days: folder, engine } = request;
  if (folder === undefined && engine === 'openai' && request.topics !== undefined)
    throw new UserError('The scores of the own history were given under its own topics: leave --topics out.');
  const topics = request.topics === undefined ? channel.rubric.topics : await readTopics(request.topics);
  // What a model says does not depend on the days before.
  const asked = engine === 'openai' ? (request.history ?? 0) : request.history;
  const days = folder === undefined ? await daysOfChannel(channel, app, asked) : await daysOfFolder(folder, channel);
  const history = asked ?? defaultHistoryOf(days);
  if (engine === 'distilled' && history < 1)
    throw new UserError(
      'The distilled engine learns from the days before: there must be one more, and --history at least 1.',
    );
  const model = async () =>
    folder === undefined
      ? { name: 'stored scores', rank: createStoredRanker(days) }
      : askingTheModel(channel, topics, days, app);
  return {
    ...{ days, history, topics, last: request.last },
    engine: engine === 'openai' ? await model() : engine,
    cutoffs: folder === undefined ? channel.cutoffs : cutoffsOf(days),
  };
};

const refusePicture =
  (picture: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw new UserError(`The picture cannot be written to ${picture} (${error.code}).`);
  };

/** Measuring takes minutes: what cannot be written is told before. */
const checkPicture = async (picture: string | undefined): Promise<void> => {
  if (picture !== undefined) await access(dirname(resolve(picture)), constants.W_OK).catch(refusePicture(picture));
};

/**
 * Measures an engine's ranking on day files, or on a channel's own history with votes as labels, and draws it where asked.
 *
 * @param say Takes a line of progress for each day.
 * @throws UserError where folder, files or votes do not allow it.
 */
export const evaluateFor = async (
  request: EvalRequest,
  channel: Channel,
  app: App,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Evaluation> => {
  await checkPicture(request.picture);
  const options = await optionsFor(request, channel, app);
  const total = Math.min(options.days.length - options.history, request.last ?? Number.POSITIVE_INFINITY);
  let done = 0;
  const evaluation = await evaluate({
    ...options,
    signal,
    onDay({ date, papers, figures }) {
      done += 1;
      say(`${done} of up to ${total} days: ${date}, ${papers} papers, AUC ${figures.auc.toFixed(3)}`);
    },
  });
  if (!evaluation.overall)
    throw new UserError(
      `None of the ${options.days.length} days has a pick and ${options.history} days before it; write a smaller --history, or give more days.`,
    );
  const { picture } = request;
  if (picture !== undefined) {
    await writeFile(picture, evaluationPicture(evaluation)).catch(refusePicture(picture));
    say(`drawn in ${resolve(picture)}`);
  }
  return evaluation;
};

/** The table, and under it the same as bars. */
export const evaluationReport = (evaluation: Evaluation): string =>
  `${evaluationTable(evaluation)}\n\n${evaluationBars(evaluation)}`;
