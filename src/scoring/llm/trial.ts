import { createHash } from 'node:crypto';
import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { arxivTimeZone, dateIn } from '../../core/dates.ts';
import { errorText } from '../../core/errors.ts';
import type { HealthReports } from '../../core/health.ts';
import { countOf, type Paper, shorten } from '../../core/paper.ts';
import type { Check } from '../../core/platform.ts';
import { checkRubricPrefix, dollars, type ModelVerdict, type ScoringTask } from '../../core/score.ts';
import type { Stores } from '../../core/stores.ts';
import type { Engines } from '../engines.ts';

/** A local model may have to load first. */
const maxAnswerMs = 150_000;

const askName = 'scoring';

const maxTitle = 80;

export type TrialParts = {
  stores: Pick<Stores, 'scores' | 'ledger'>;
  engines: Engines;
  clock: Pick<Clock, 'now' | 'monotonic'>;
  health: Pick<HealthReports, 'failed' | 'worked'>;
};

/**
 * Lets the language model score one paper under a channel's topics, which costs money.
 * @throws the reason of `signal`
 */
export const tryModel = async (
  { stores, engines, clock, health }: TrialParts,
  channel: Pick<Channel, 'name' | 'rubric' | 'cutoffs'>,
  paper: Paper,
  signal: AbortSignal,
): Promise<Check> => {
  const { llm, dayStart } = engines;
  if (!llm) return { name: askName, ok: true, detail: 'nothing to test; no language model is configured' };
  // A rubric of its own, so that no digest shares the score or includes its cost.
  const hash = `${checkRubricPrefix}${createHash('sha256').update(channel.rubric.hash).digest('hex')}`;
  const rubric = { ...channel.rubric, hash };
  await stores.scores.saveRubric(rubric);
  const task: ScoringTask = {
    ...{ channel: channel.name, date: dateIn(clock.now(), arxivTimeZone), rubric },
    ...{ papers: [paper], day: [paper], recent: [], cutoffs: channel.cutoffs, priority: 'person' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(maxAnswerMs)]),
  };

  const fails = async (reason: string, fix: string): Promise<Check> => {
    await health.failed('scoring', { reason, fix });
    return { name: askName, ok: false, detail: `${llm.model} did not score a paper: ${reason}`, fix };
  };
  const spent = async (): Promise<number> => stores.ledger.spent(dayStart());
  const tokens = async (): Promise<number> => {
    const { prompt, completion } = await stores.ledger.tokens(dayStart());
    return prompt + completion;
  };

  const before = { spent: await spent(), tokens: await tokens(), at: clock.monotonic() };
  try {
    const scoring = llm.scorer.score(task);
    let verdict: ModelVerdict | undefined;
    let step = await scoring.next();
    for (; !step.done; step = await scoring.next()) verdict = step.value[0] ?? verdict;
    if (!verdict && step.value?.kind === 'budget')
      return {
        name: askName,
        ok: false,
        detail: step.value.reason,
        fix: 'raise scorer.dailyBudgetUsd, or try again tomorrow',
      };
    if (!verdict)
      return await fails(
        step.value?.reason ?? 'its answers could not be read',
        step.value?.remedy ?? 'check OPENAI_BASE_URL and scorer.model, or try another model',
      );
    await health.worked('scoring');
    const usd = (await spent()) - before.spent;
    const used = countOf((await tokens()) - before.tokens, 'token');
    const price = engines.prices.of(llm.model) ? dollars(usd) : `${used} of unknown price`;
    const seconds = ((clock.monotonic() - before.at) / 1000).toFixed(1);
    const scores = `relevance ${verdict.relevance}, novelty ${verdict.novelty}`;
    return {
      name: askName,
      ok: true,
      detail: `${llm.model} gave "${shorten(paper.title, maxTitle)}" ${scores} in ${seconds} s, for ${price}`,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    if (task.signal.aborted)
      return fails(`it did not answer within ${maxAnswerMs / 1000} seconds`, 'use a faster model or server');
    return fails(errorText(error), 'check OPENAI_BASE_URL and scorer.model');
  }
};
