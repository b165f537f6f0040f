import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createAnswers } from '../model/answers.ts';
import { startModelServer } from '../model/server.ts';
import { verdictsOf } from '../model/verdicts.ts';
import { runScript, scriptBatches } from '../script/run.ts';
import { type ReplayedDay, type ReplayedDays, readReplayedDays } from './days.ts';
import { startPaperboy } from './paperboy.ts';

/**
 * Share of the papers that are no picks which the script keeps by title. The script's page of May 19, 2025 implies it: its
 * tokens leave room for 142 of 889 papers in the calls about abstracts, 64 more than the 78 picks.
 */
/** Reproduces the ratio of 1.7 that the script's own code showed beside a Paperboy that read every paper. */
const defaultKeptShare = 0.5;

const root = resolve(import.meta.dirname, '..', '..', '..');

const readScorer = (text: string): Record<string, unknown> => z.record(z.string(), z.unknown()).parse(JSON.parse(text));

const readOptions = () => {
  const { values } = parseArgs({
    // Other parts have other options.
    strict: false,
    options: {
      days: { type: 'string' },
      model: { type: 'string', default: 'gpt-4o' },
      scorer: { type: 'string', default: '{}' },
      topics: { type: 'string', default: resolve(root, 'config/topics/foundations.md') },
      criteria: { type: 'string', default: resolve(root, 'config/criteria.md') },
      'kept-share': { type: 'string', default: String(defaultKeptShare) },
    },
  });
  return {
    days: typeof values.days === 'string' ? values.days : undefined,
    model: String(values.model),
    scorer: readScorer(String(values.scorer)),
    files: { topics: resolve(String(values.topics)), criteria: resolve(String(values.criteria)) },
    keptShare: z.coerce.number().min(0).max(1).parse(values['kept-share']),
  };
};

export type Comparison = ReplayedDays & {
  model: string;
  /** Settings of the config's `scorer` group. */
  scorer: Record<string, unknown>;
  files: { topics: string; criteria: string };
  server: Awaited<ReturnType<typeof startModelServer>>;
  /** Starts with an empty database. Only `days` are announced. */
  startPaperboy(days: readonly ReplayedDay[]): ReturnType<typeof startPaperboy>;
  runScript(day: ReplayedDay): ReturnType<typeof runScript>;
  assumptions: string[];
};

/**
 * Everything to run Paperboy and the script on the same labeled days, with the same model. Undefined without `--days`.
 */
export const readComparison = async (): Promise<Comparison | undefined> => {
  const { days: folder, model, scorer, files, keptShare } = readOptions();
  if (folder === undefined) return undefined;
  const replayed = await readReplayedDays(folder);
  const { judged, cutoffs } = replayed;
  const [topics, criteria] = await Promise.all([files.topics, files.criteria].map((file) => readFile(file, 'utf8')));
  const rubric = { topics: topics ?? '', criteria: criteria ?? '' };
  const server = await startModelServer({ answer: createAnswers(verdictsOf(judged, cutoffs), keptShare) });
  return {
    ...{ ...replayed, model, scorer, files, server },
    startPaperboy: (days) =>
      startPaperboy({ days, cutoffs, scorer, rubric: files, model: { url: server.url, name: model } }),
    runScript: ({ papers }) => runScript(papers, { url: server.url, model, rubric, cutoffs }),
    assumptions: [
      `The script drops papers by title, ${scriptBatches.titles} per call, and scores the rest by abstract, ${scriptBatches.abstracts} per call. It keeps all picks and ${Math.round(100 * keptShare)}% of the other papers.`,
      'Both get the same answers. A comment on a paper that is no pick is as long as one on a pick.',
      `Paperboy's scorer settings: ${JSON.stringify({ model, ...scorer })}.`,
    ],
  };
};
