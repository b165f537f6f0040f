import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { decodeText } from '../../config/text-file.ts';
import { cutoffsOf, type JudgedDay, ownDays, readDays } from '../../tools/evaluation/days.ts';
import { type Evaluation, type EvaluationOptions, evaluate } from '../../tools/evaluation/evaluate.ts';
import { createScorerRanker, createStoredRanker, type evalEngines } from '../../tools/evaluation/rankers.ts';
import { evaluationBars, evaluationPicture, evaluationTable, votesTable } from '../../tools/evaluation/report.ts';
import type { App } from '../app.ts';
import type { Channel } from '../core/channel.ts';
import { UserError } from '../core/errors.ts';
import { matchedTopics } from '../core/score.ts';
import { gate } from '../daily/draft/gate.ts';
import { createRubric } from '../scoring/rubric.ts';
import { createLearner } from '../scoring/votes/learner.ts';

export type EvalRequest = {
  days: string | undefined;
  engine: (typeof evalEngines)[number];
  history: number | undefined;
  last?: number | undefined;
  topics: string | undefined;
  picture: string | undefined;
};

/** Default number of days of history, but at most half of all days. */
const defaultHistory = 20;
const minLikedDays = 3;

const readTopics = async (file: string): Promise<string> => {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`The topics file ${file} does not exist or cannot be read.`);
  });
  const decoded = decodeText(bytes);
  if ('fault' in decoded) throw new UserError(`The topics file ${file} ${decoded.fault} (line ${decoded.line}).`);
  const { text } = decoded;
  if (text.trim() === '') throw new UserError(`The topics file ${file} is empty.`);
  return text;
};

const daysOfFolder = async (folder: string, { name, categories }: Channel): Promise<JudgedDay[]> => {
  const days = await readDays(folder, categories);
  if (days.every(({ papers }) => papers.length === 0))
    throw new UserError(
      `No paper in ${folder} is in ${categories.join(', ')}, the categories of ${name}. Choose another channel with --channel.`,
    );
  return days;
};

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
        `${channel.name} needs ${minLikedDays} days with a paper that has more 👍 than 👎, but has ${liked} (of ${days.length} days with a digest, the first ${before} are only for learning).`,
        'Wait for more votes, or measure on day files with --days.',
      ].join(' '),
    );
  return days;
};

const defaultHistoryOf = (days: readonly JudgedDay[]): number => Math.min(defaultHistory, Math.floor(days.length / 2));

const askingTheModel = async (channel: Channel, topics: string, days: readonly JudgedDay[], app: App) => {
  const { llm } = app.engines;
  if (!llm) throw new UserError('No language model is configured. Set OPENAI_API_KEY or OPENAI_BASE_URL.');
  const { criteria, language } = channel.rubric;
  const rubric = createRubric({ topics, criteria, language });
  // Calls are booked under this rubric.
  await app.stores.scores.saveRubric(rubric);
  return { name: llm.model, rank: createScorerRanker(llm.scorer, rubric, cutoffsOf(days)) };
};

const optionsFor = async (request: EvalRequest, channel: Channel, app: App): Promise<EvaluationOptions> => {
  const { days: folder, engine } = request;
  if (folder === undefined && engine === 'openai' && request.topics !== undefined)
    throw new UserError("The scores in a channel's history belong to its own topics. Leave out --topics.");
  const given = request.topics === undefined ? undefined : await readTopics(request.topics);
  const topics = given ?? matchedTopics(channel.rubric);
  // A language model does not learn from earlier days.
  const wanted = engine === 'openai' ? (request.history ?? 0) : request.history;
  const days = folder === undefined ? await daysOfChannel(channel, app, wanted) : await daysOfFolder(folder, channel);
  const history = wanted ?? defaultHistoryOf(days);
  if (engine === 'distilled' && history < 1)
    throw new UserError(
      'The distilled engine learns from earlier days. Give it more days, and set --history to at least 1.',
    );
  const model = async () =>
    folder === undefined
      ? { name: 'stored scores', rank: createStoredRanker(days) }
      : askingTheModel(channel, given ?? channel.rubric.topics, days, app);
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

const checkPicture = async (picture: string | undefined): Promise<void> => {
  if (picture !== undefined) await access(dirname(resolve(picture)), constants.W_OK).catch(refusePicture(picture));
};

/**
 * Measures an engine's ranking on day files, or on a channel's own history with votes as labels.
 * @param say Receives one line of progress per day.
 * @throws UserError if the folder, the files or the votes are not sufficient.
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
      `None of the ${options.days.length} days has a pick and ${options.history} days before it. Set a smaller --history, or give more days.`,
    );
  const { picture } = request;
  if (picture !== undefined) {
    await writeFile(picture, evaluationPicture(evaluation)).catch(refusePicture(picture));
    say(`Picture: ${resolve(picture)}`);
  }
  if (request.days !== undefined) return evaluation;
  const { measure } = await createLearner(app.stores, app.clock).learned(channel.name, signal);
  return { ...evaluation, votes: measure };
};

export const evaluationReport = (evaluation: Evaluation): string =>
  [evaluationTable(evaluation), evaluationBars(evaluation), votesTable(evaluation)].filter(Boolean).join('\n\n');
