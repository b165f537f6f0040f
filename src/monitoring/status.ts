import { papersIn } from '../core/batch.ts';
import { isRetracted } from '../core/changes.ts';
import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn, longDate } from '../core/dates.ts';
import type { DigestState } from '../core/digest.ts';
import { doctorFix } from '../core/health.ts';
import { countOf } from '../core/paper.ts';
import { type Activity, type ChannelActivity, type PastRun, resendDays } from '../core/run.ts';
import { dollars } from '../core/score.ts';
import type { ChannelStatus, Complaint } from '../core/services.ts';
import type { Stores } from '../core/stores.ts';
import { describePrefilter } from '../digest/text.ts';
import { type HealthModel, sentence } from './health-model.ts';

export type ChannelStateParts = {
  channels: readonly { name: string; isPaused?: boolean }[];
  stores: Pick<Stores, 'runs' | 'digests'>;
  activity: Activity;
};

export type ChannelState = {
  channel: string;
  activity: ChannelActivity;
  lastRun: PastRun | undefined;
  lastSuccess: PastRun | undefined;
  digest: DigestState | undefined;
};

/** Reads all channels at once, because a bot may have many and is often asked for its health. */
export const readChannelStates = async (
  channels: readonly string[],
  { stores, activity }: Pick<ChannelStateParts, 'stores' | 'activity'>,
): Promise<ChannelState[]> => {
  const runs = await stores.runs.newestOf(channels);
  const digests = await stores.digests.newestSummaries(channels);
  return channels.map((channel) => ({
    ...{ channel, activity: activity.of(channel), digest: digests.get(channel) },
    ...{ lastRun: runs.get(channel)?.run, lastSuccess: runs.get(channel)?.success },
  }));
};

export type StatusParts = Pick<ChannelStateParts, 'activity'> & {
  stores: Pick<Stores, 'batches' | 'changes' | 'runs' | 'digests' | 'outbox' | 'ledger'>;
  health: Pick<HealthModel, 'problems'>;
  /** Undefined without a language model. `dayStart` is the simulated time at which the budget's day began, ISO 8601. */
  llm: { model: string; dailyBudgetUsd: number; dayStart: () => string } | undefined;
  /** Why the built-in scorer cannot use the channel's topics, if no language model reads them. */
  topicsProblems?: (name: string) => Promise<{ text: string; fix: string }[]>;
  /** The next time that matches a cron expression, for a process that does not run the schedule itself. */
  nextTime(schedule: string, timezone: string, after: Date): Date | undefined;
  now(): Date;
};

/** Holidays never cause a longer gap between announcements. */
const quietDays = 8;

const about = (date: string | undefined): string => (date === undefined ? '' : ` of ${longDate(date)}`);

const runText = ({ status, date, sent }: PastRun, isRetracted: boolean): string => {
  switch (status) {
    case 'posted':
      // The messages were those of digests before that date.
      if (sent === 0) return `posted earlier digests; the digest${about(date)} is complete`;
      return `posted ${countOf(sent, 'paper')}${about(date)}${isRetracted ? '; the digest was retracted later' : ''}`;
    case 'nothing-new':
      return date === undefined
        ? 'nothing new'
        : `nothing new; the digest${about(date)} ${isRetracted ? 'was retracted' : 'is complete'}`;
    case 'no-announcement':
      return date === undefined ? 'no announcement' : `arXiv announced nothing on ${longDate(date)}`;
    case 'incomplete':
      return `not complete${date === undefined ? '' : `, the announcement${about(date)}`}`;
    case 'failed':
      return 'failed';
  }
};

const prefilterOf = (digest: DigestState | undefined): ChannelStatus['prefilter'] =>
  digest?.prefilter && { date: digest.date, text: describePrefilter(digest) };

const fallbackComplaint = (digest: DigestState | undefined): Complaint[] => {
  const { fallback } = digest ?? {};
  if (!digest || !fallback) return [];
  const { model, papers, reason, remedy } = fallback;
  return [
    {
      text: sentence(
        `The built-in scorer had to score ${countOf(papers, 'paper')} of ${longDate(digest.date)} instead of ${model}: ${reason}`,
      ),
      fix: remedy ?? doctorFix,
    },
  ];
};

export const readStatus = async (channel: Channel, parts: StatusParts): Promise<ChannelStatus> => {
  const { stores, activity, llm, now } = parts;
  const [state] = await readChannelStates([channel.name], { stores, activity });
  const { lastRun, digest } = state ?? {};
  const { phase, scored, toScore, nextRun, waitsFor } = activity.of(channel.name);
  const today = dateIn(now(), arxivTimeZone);
  const spentUsd = llm ? await stores.ledger.spent(llm.dayStart()) : 0;
  const budgetLeftUsd = llm && Math.max(0, llm.dailyBudgetUsd - spentUsd);
  const unsent = await stores.outbox.unsent(channel.name, addDays(today, -resendDays));
  // While a run posts, unsent messages are normal.
  const isIdle = phase === 'idle';
  const planned = nextRun ?? parts.nextTime(channel.schedule, channel.timezone, now());
  const complaints: Complaint[] = [
    // The alarm about the newest digest says more.
    ...(await parts.health.problems(channel.name))
      .filter(({ subject }) => subject !== 'scoring' || !digest?.fallback)
      .map(({ text, fix, since }) => ({ text, fix, since })),
    ...fallbackComplaint(llm && digest),
    ...((await parts.topicsProblems?.(channel.name)) ?? []),
    ...(unsent > 0 && isIdle
      ? [
          {
            text: `${countOf(unsent, 'message')} from recent digests could not be sent.`,
            fix: 'Type /arxiv digest to send them.',
          },
        ]
      : []),
    ...(llm && llm.dailyBudgetUsd > 0 && budgetLeftUsd === 0
      ? [
          {
            text: `The budget of ${dollars(llm.dailyBudgetUsd)} for today is spent. The built-in scorer is used until tomorrow.`,
            fix: 'If this happens often, raise scorer.dailyBudgetUsd in the config file.',
          },
        ]
      : []),
    ...(digest && digest.date < addDays(today, -quietDays) && !channel.isPaused
      ? [
          {
            text: `The newest digest is that of ${longDate(digest.date)}.`,
            fix: doctorFix,
          },
        ]
      : []),
  ];
  const batches = (await stores.batches.list()).filter(({ channel: name }) => name === channel.name);
  const isLastRetracted = lastRun?.date !== undefined && (await isRetracted(channel.name, lastRun.date, stores));
  return {
    engine: llm ? llm.model : 'the built-in scorer',
    budgetLeftUsd,
    lastRun: lastRun && { at: lastRun.endedAt, text: runText(lastRun, isLastRetracted) },
    nextRun: channel.isPaused || !isIdle ? undefined : planned?.toISOString(),
    prefilter: prefilterOf(digest),
    progress: phase === 'scoring' ? { scored, toScore } : undefined,
    ...(waitsFor !== undefined && { waitsFor }),
    ...(batches[0] && {
      batch: { papers: batches.reduce((sum, one) => sum + papersIn(one), 0), at: batches[0].createdAt },
    }),
    complaints,
  };
};
