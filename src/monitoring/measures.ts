import { addDays, arxivTimeZone, dateIn } from '../core/clock.ts';
import { screenedOutCount } from '../core/prefilter.ts';
import type { TokenCount } from '../core/price.ts';
import { resendDays } from '../core/run.ts';
import type { Stores } from '../core/stores.ts';
import { type ChannelState, type ChannelStateParts, readChannelState } from './status.ts';

export type MeasureParts = Omit<ChannelStateParts, 'stores'> & {
  stores: Pick<Stores, 'runs' | 'digests' | 'outbox' | 'ledger'>;
  /** Where a model may be paid for: what it may cost a day, and the told time at which the day began, ISO 8601. */
  llm: { dailyBudgetUsd: number; dayStart: () => string } | undefined;
  /** Told time. */
  now: () => Date;
};

export type ChannelReading = ChannelState & { unsent: number; isPaused: boolean };
export type Spending = TokenCount & { spentUsd: number; dailyBudgetUsd: number };

/** A gauge that has no value where nothing is known. */
type Measure<T> = { name: string; help: string; value(reading: T): number | undefined };

/** Seconds since 1970, as Prometheus counts time. */
export const secondsOf = (time: string | Date | undefined): number | undefined =>
  time === undefined ? undefined : new Date(time).getTime() / 1000;

export const channelMeasures: readonly Measure<ChannelReading>[] = [
  {
    name: 'paperboy_channel_last_success_timestamp_seconds',
    help: 'When the last run that left nothing to do ended.',
    value: ({ lastSuccess }) => secondsOf(lastSuccess?.endedAt),
  },
  {
    name: 'paperboy_channel_next_run_timestamp_seconds',
    help: 'When the channel looks at arXiv next; absent while it runs or is paused.',
    value: ({ activity }) => secondsOf(activity.nextRun),
  },
  {
    name: 'paperboy_channel_paused',
    help: '1 while the channel is paused, so that nothing is posted.',
    value: ({ isPaused }) => (isPaused ? 1 : 0),
  },
  {
    name: 'paperboy_channel_running',
    help: '1 while the channel runs.',
    value: ({ activity }) => (activity.phase === 'idle' ? 0 : 1),
  },
  {
    name: 'paperboy_channel_newest_digest_timestamp_seconds',
    help: 'Announcement date of the newest digest, as its midnight in UTC.',
    value: ({ digest }) => secondsOf(digest?.date),
  },
  {
    name: 'paperboy_channel_announced_papers',
    help: 'Papers in the announcement of the newest digest.',
    value: ({ digest }) => digest?.counts.announced,
  },
  {
    name: 'paperboy_channel_scanned_papers',
    help: 'Papers of the newest digest that are of the kind the channel reads.',
    value: ({ digest }) => digest?.counts.scanned,
  },
  {
    name: 'paperboy_channel_skipped_papers',
    help: 'Of the scanned papers of the newest digest, those that the prefilter skipped.',
    value: ({ digest }) => digest && screenedOutCount(digest.prefilter),
  },
  {
    name: 'paperboy_channel_relevant_papers',
    help: 'Papers of the newest digest that passed the cutoffs.',
    value: ({ digest }) => digest?.counts.relevant,
  },
  {
    name: 'paperboy_channel_unscored_papers',
    help: 'Papers of the newest digest that got no score.',
    value: ({ digest }) => digest?.counts.unscored,
  },
  {
    name: 'paperboy_channel_unsent_deliveries',
    help: 'Messages of digests of the last 7 days that are not sent.',
    value: ({ unsent }) => unsent,
  },
];

export const spendingMeasures: readonly Measure<Spending>[] = [
  {
    name: 'paperboy_llm_prompt_tokens_today',
    help: 'Prompt tokens of the model calls of today, cached ones included.',
    value: ({ prompt }) => prompt,
  },
  {
    name: 'paperboy_llm_cached_prompt_tokens_today',
    help: 'Those of the prompt tokens that the provider had in its cache.',
    value: ({ cached }) => cached,
  },
  {
    name: 'paperboy_llm_completion_tokens_today',
    help: 'Completion tokens of the model calls of today.',
    value: ({ completion }) => completion,
  },
  {
    name: 'paperboy_llm_spent_today_usd',
    help: 'US dollars spent on model calls today; a call under way counts at the most that it can cost.',
    value: ({ spentUsd }) => spentUsd,
  },
  {
    name: 'paperboy_llm_daily_budget_usd',
    help: 'US dollars that may be spent a day.',
    value: ({ dailyBudgetUsd }) => dailyBudgetUsd,
  },
];

export const readChannels = async (parts: MeasureParts): Promise<ChannelReading[]> => {
  const { channels, stores, now } = parts;
  const since = addDays(dateIn(now(), arxivTimeZone), -resendDays);
  const readings: ChannelReading[] = [];
  for (const { name, isPaused = false } of channels) {
    const unsent = await stores.outbox.unsent(name, since);
    readings.push({ ...(await readChannelState(name, parts)), unsent, isPaused });
  }
  return readings;
};

export const readSpending = async ({
  llm,
  stores,
}: Pick<MeasureParts, 'llm' | 'stores'>): Promise<Spending | undefined> => {
  if (!llm) return undefined;
  const dayStart = llm.dayStart();
  const spentUsd = await stores.ledger.spent(dayStart);
  return { ...(await stores.ledger.tokens(dayStart)), spentUsd, dailyBudgetUsd: llm.dailyBudgetUsd };
};
