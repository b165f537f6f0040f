import { platformOf } from '../core/addresses.ts';
import { isRetracted } from '../core/changes.ts';
import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn, longDate } from '../core/dates.ts';
import type { Digest } from '../core/digest.ts';
import { countOf } from '../core/paper.ts';
import type { PlatformDescriptor } from '../core/platform.ts';
import { type Activity, type ChannelActivity, type PastRun, resendDays } from '../core/run.ts';
import { dollars } from '../core/score.ts';
import type { ChannelStatus, Complaint } from '../core/services.ts';
import type { Stores } from '../core/stores.ts';
import { describePrefilter } from '../digest/text.ts';

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
  digest: Digest | undefined;
};

export const readChannelState = async (
  channel: string,
  { stores, activity }: Pick<ChannelStateParts, 'stores' | 'activity'>,
): Promise<ChannelState> => {
  const lastRun = await stores.runs.newest(channel);
  const lastSuccess = await stores.runs.newestSuccess(channel);
  const digest = await stores.digests.newest(channel);
  return { channel, activity: activity.of(channel), lastRun, lastSuccess, digest };
};

export type StatusParts = Pick<ChannelStateParts, 'activity'> & {
  stores: Pick<Stores, 'changes' | 'runs' | 'digests' | 'outbox' | 'ledger'>;
  descriptors: readonly Pick<PlatformDescriptor, 'name' | 'label'>[];
  connected: ReadonlyMap<string, unknown>;
  outages: ReadonlyMap<string, string>;
  /** Undefined without a language model. `dayStart` is the simulated time at which the budget's day began, ISO 8601. */
  llm: { model: string; dailyBudgetUsd: number; dayStart: () => string } | undefined;
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

const prefilterOf = (digest: Digest | undefined): ChannelStatus['prefilter'] =>
  digest?.prefilter && { date: digest.date, text: describePrefilter(digest) };

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const runComplaint = (run: PastRun | undefined): Complaint[] => {
  if (!run || (run.status !== 'incomplete' && run.status !== 'failed')) return [];
  const reasons = run.reasons.length > 0 ? `: ${run.reasons.join('; ')}` : '';
  return [
    run.status === 'failed'
      ? {
          text: sentence(`The last run failed${reasons}`),
          fix: 'See the log. The next run tries again.',
        }
      : { text: sentence(`The last run is not complete${reasons}`), fix: 'Paperboy tries again automatically.' },
  ];
};

const platformComplaints = (channel: Channel, { descriptors, connected, outages }: StatusParts): Complaint[] =>
  [...new Set(channel.post.map(platformOf))].flatMap((platform) => {
    const reason = outages.get(platform);
    // If there is no reason, no attempt to connect has been made yet.
    if (connected.has(platform) || reason === undefined) return [];
    const label = descriptors.find(({ name }) => name === platform)?.label ?? platform;
    const text = sentence(`${label} is not connected: ${reason}`);
    return [{ text, fix: 'Run doctor on the machine that runs Paperboy.' }];
  });

const fallbackComplaint = (digest: Digest | undefined): Complaint[] => {
  const { fallback } = digest ?? {};
  if (!digest || !fallback) return [];
  const { model, papers, reason, remedy } = fallback;
  return [
    {
      text: sentence(
        `The built-in scorer had to score ${countOf(papers, 'paper')} of ${longDate(digest.date)} instead of ${model}: ${reason}`,
      ),
      fix: remedy ?? 'Run doctor on the machine that runs Paperboy.',
    },
  ];
};

export const readStatus = async (channel: Channel, parts: StatusParts): Promise<ChannelStatus> => {
  const { stores, activity, llm, now } = parts;
  const state = await readChannelState(channel.name, { stores, activity });
  const { lastRun, digest } = state;
  const { phase, scored, toScore, nextRun } = state.activity;
  const today = dateIn(now(), arxivTimeZone);
  const spentUsd = llm ? await stores.ledger.spent(llm.dayStart()) : 0;
  const budgetLeftUsd = llm && Math.max(0, llm.dailyBudgetUsd - spentUsd);
  const unsent = await stores.outbox.unsent(channel.name, addDays(today, -resendDays));
  // While a run posts, unsent messages are normal.
  const isIdle = phase === 'idle';
  const planned = nextRun ?? parts.nextTime(channel.schedule, channel.timezone, now());
  const complaints: Complaint[] = [
    ...platformComplaints(channel, parts),
    ...runComplaint(lastRun),
    ...fallbackComplaint(llm && digest),
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
            fix: 'Run doctor on the machine that runs Paperboy.',
          },
        ]
      : []),
  ];
  const isLastRetracted = lastRun?.date !== undefined && (await isRetracted(channel.name, lastRun.date, stores));
  return {
    engine: llm ? llm.model : 'the built-in scorer',
    budgetLeftUsd,
    lastRun: lastRun && { at: lastRun.endedAt, text: runText(lastRun, isLastRetracted) },
    nextRun: channel.isPaused || !isIdle ? undefined : planned?.toISOString(),
    prefilter: prefilterOf(digest),
    progress: phase === 'scoring' ? { scored, toScore } : undefined,
    complaints,
  };
};
