import { addDays, arxivTimeZone, dateIn } from '../core/dates.ts';
import { resendDays } from '../core/run.ts';
import { screenedOutCount, type TokenCount } from '../core/score.ts';
import type { Stores } from '../core/stores.ts';
import { type ChannelState, type ChannelStateParts, readChannelState } from './status.ts';

export type MeasureParts = Omit<ChannelStateParts, 'stores'> & {
  stores: Pick<Stores, 'runs' | 'digests' | 'outbox' | 'ledger'>;
  /** Undefined without a language model. `dayStart` is the simulated time at which the budget's day began, ISO 8601. */
  llm: { dailyBudgetUsd: number; dayStart: () => string } | undefined;
  now: () => Date;
};

export type ChannelReading = ChannelState & { unsent: number; isPaused: boolean };
export type Spending = TokenCount & { spentUsd: number; dailyBudgetUsd: number };

type Measure<T> = { name: string; help: string; value(reading: T): number | undefined };

export const secondsOf = (time: string | Date | undefined): number | undefined =>
  time === undefined ? undefined : new Date(time).getTime() / 1000;

export const channelMeasures: readonly Measure<ChannelReading>[] = [
  {
    name: 'paperboy_channel_last_success_timestamp_seconds',
    help: 'When the last run that was neither incomplete nor failed ended.',
    value: ({ lastSuccess }) => secondsOf(lastSuccess?.endedAt),
  },
  {
    name: 'paperboy_channel_next_run_timestamp_seconds',
    help: 'When the channel next checks arXiv; absent while it runs or is paused.',
    value: ({ activity }) => secondsOf(activity.nextRun),
  },
  {
    name: 'paperboy_channel_paused',
    help: '1 while the channel is paused.',
    value: ({ isPaused }) => (isPaused ? 1 : 0),
  },
  {
    name: 'paperboy_channel_running',
    help: '1 while the channel runs.',
    value: ({ activity }) => (activity.phase === 'idle' ? 0 : 1),
  },
  {
    name: 'paperboy_channel_newest_digest_timestamp_seconds',
    help: 'Announcement date of the newest digest, as midnight in UTC.',
    value: ({ digest }) => secondsOf(digest?.date),
  },
  {
    name: 'paperboy_channel_announced_papers',
    help: 'Papers in the announcement of the newest digest.',
    value: ({ digest }) => digest?.counts.announced,
  },
  {
    name: 'paperboy_channel_scanned_papers',
    help: 'Candidates of the newest digest: papers of the kind that the channel reads.',
    value: ({ digest }) => digest?.counts.scanned,
  },
  {
    name: 'paperboy_channel_skipped_papers',
    help: 'Candidates of the newest digest that the prefilter screened out.',
    value: ({ digest }) => digest && screenedOutCount(digest.prefilter),
  },
  {
    name: 'paperboy_channel_relevant_papers',
    help: 'Papers picked for the newest digest.',
    value: ({ digest }) => digest?.counts.relevant,
  },
  {
    name: 'paperboy_channel_unscored_papers',
    help: 'Candidates of the newest digest without a score.',
    value: ({ digest }) => digest?.counts.unscored,
  },
  {
    name: 'paperboy_channel_unsent_deliveries',
    help: 'Unsent messages of the digests of the last 7 days.',
    value: ({ unsent }) => unsent,
  },
];

export const spendingMeasures: readonly Measure<Spending>[] = [
  {
    name: 'paperboy_llm_prompt_tokens_today',
    help: "Prompt tokens of today's model calls, including cached ones.",
    value: ({ prompt }) => prompt,
  },
  {
    name: 'paperboy_llm_cached_prompt_tokens_today',
    help: 'Prompt tokens that the provider had in its cache.',
    value: ({ cached }) => cached,
  },
  {
    name: 'paperboy_llm_completion_tokens_today',
    help: "Completion tokens of today's model calls.",
    value: ({ completion }) => completion,
  },
  {
    name: 'paperboy_llm_spent_today_usd',
    help: 'US dollars spent on model calls today. A call in progress counts at its maximum cost.',
    value: ({ spentUsd }) => spentUsd,
  },
  {
    name: 'paperboy_llm_daily_budget_usd',
    help: 'Daily limit in US dollars.',
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
