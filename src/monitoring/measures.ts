import type { CallLimiterState } from '../core/call-limiter.ts';
import type { HealthRecord } from '../core/health.ts';
import type { TokenCount } from '../core/score.ts';
import { screenedOutCount } from '../core/screening.ts';
import type { ChannelState } from './status.ts';

export type ChannelReading = ChannelState & { unsent: number; isPaused: boolean };
export type ModelUse = TokenCount & CallLimiterState & { spentUsd: number; dailyBudgetUsd: number };

export type Measure<T> = { name: string; help: string; value(reading: T): number | undefined };

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
    name: 'paperboy_channel_fallback_papers',
    help: 'Papers of the newest digest that the built-in scorer had to score because the language model failed.',
    value: ({ digest }) => digest && (digest.fallback?.papers ?? 0),
  },
  {
    name: 'paperboy_channel_unsent_deliveries',
    help: 'Unsent messages of the digests of the last 7 days.',
    value: ({ unsent }) => unsent,
  },
];

export const healthMeasures: readonly Measure<HealthRecord>[] = [
  {
    name: 'paperboy_check_ok',
    help: '1 if the remote or step worked last time.',
    value: ({ failingSince }) => (failingSince === undefined ? 1 : 0),
  },
  {
    name: 'paperboy_check_last_success_timestamp_seconds',
    help: 'When the remote or step last worked.',
    value: ({ lastSuccess }) => secondsOf(lastSuccess),
  },
  {
    name: 'paperboy_check_failing_since_timestamp_seconds',
    help: 'When the remote or step began to fail; absent while it works.',
    value: ({ failingSince }) => secondsOf(failingSince),
  },
];

export const modelMeasures: readonly Measure<ModelUse>[] = [
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
  {
    name: 'paperboy_llm_calls_in_flight',
    help: 'Model calls of this process that the server has not answered yet.',
    value: ({ inFlight }) => inFlight,
  },
  {
    name: 'paperboy_llm_calls_waiting',
    help: 'Model calls that wait because of a limit.',
    value: ({ waiting }) => waiting,
  },
  {
    name: 'paperboy_llm_calls_limit',
    help: 'How many model calls may be in flight, as learned from the server.',
    value: ({ concurrency }) => concurrency,
  },
  {
    name: 'paperboy_llm_tokens_per_minute_limit',
    help: "The server's limit of tokens per minute; absent until it names one.",
    value: ({ tokensPerMinute }) => tokensPerMinute,
  },
];
