import { platformOf } from '../core/addresses.ts';
import { lastRetraction } from '../core/changes.ts';
import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn, longDate } from '../core/clock.ts';
import type { Digest } from '../core/digest.ts';
import { countOf } from '../core/paper-text.ts';
import { dollars } from '../core/price.ts';
import { type Activity, type ChannelActivity, type PastRun, resendDays } from '../core/run.ts';
import type { ChannelStatus, Complaint } from '../core/services.ts';
import type { Stores } from '../core/stores.ts';
import { describePrefilter } from '../digest/text.ts';

export type ChannelStateParts = {
  channels: readonly { name: string; isPaused?: boolean }[];
  stores: Pick<Stores, 'runs' | 'digests'>;
  activity: Activity;
};

/** What a monitoring system is told of a channel. */
export type ChannelState = {
  channel: string;
  activity: ChannelActivity;
  lastRun: PastRun | undefined;
  lastSuccess: PastRun | undefined;
  /** The newest. */
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
  connected: ReadonlyMap<string, unknown>;
  /** Why a platform is not connected. */
  outages: ReadonlyMap<string, string>;
  /** Where a model is configured: what its calls may cost a day, and the told time at which the day began, ISO 8601. */
  llm: { model: string; dailyBudgetUsd: number; dayStart: () => string } | undefined;
  /** The next time of a cron expression after an instant, for a process that keeps no schedule itself. */
  nextTime(schedule: string, timezone: string, after: Date): Date | undefined;
  /** Told time. */
  now(): Date;
};

/** Holidays leave at most so many days without an announcement; after that something is wrong. */
const quietDays = 8;

const about = (date: string | undefined): string => (date === undefined ? '' : ` of ${longDate(date)}`);

/** What a run did, in words. */
const runText = ({ status, date, sent }: PastRun, isTakenBack: boolean): string => {
  switch (status) {
    case 'posted':
      return `posted ${countOf(sent, 'paper')}${about(date)}${isTakenBack ? '; that digest was taken back since' : ''}`;
    case 'nothing-new':
      return date === undefined
        ? 'nothing new'
        : `nothing new; the digest${about(date)} ${isTakenBack ? 'was taken back' : 'is complete'}`;
    case 'no-announcement':
      return date === undefined ? 'arXiv had announced nothing' : `arXiv announced nothing on ${longDate(date)}`;
    case 'incomplete':
      return `not complete${date === undefined ? '' : `, the announcement${about(date)}`}`;
    case 'failed':
      return 'failed';
  }
};

/** True where the digest of a run was taken back and not made anew. */
const wasTakenBack = async (
  { channel, date }: PastRun,
  { changes, digests }: Pick<Stores, 'changes' | 'digests'>,
): Promise<boolean> => {
  if (date === undefined || !(await lastRetraction(channel, date, changes))) return false;
  return (await digests.find(channel, date)) === undefined;
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
          fix: 'Look into the log; it is tried again at the next run.',
        }
      : { text: sentence(`The last run is not complete${reasons}`), fix: 'It is tried again by itself.' },
  ];
};

const platformComplaints = (channel: Channel, { connected, outages }: StatusParts): Complaint[] =>
  [...new Set(channel.post.map(platformOf))].flatMap((platform) => {
    const reason = outages.get(platform);
    // Without a reason nobody has tried yet, as in a call that only asks one thing.
    if (connected.has(platform) || reason === undefined) return [];
    const text = sentence(`${platform} is not connected: ${reason}`);
    return [{ text, fix: 'Run doctor where Paperboy runs; it says what to mend.' }];
  });

/** How a channel is: its engine and budget, its last and next run, and what is wrong with it. */
export const readStatus = async (channel: Channel, parts: StatusParts): Promise<ChannelStatus> => {
  const { stores, activity, llm, now } = parts;
  const state = await readChannelState(channel.name, { stores, activity });
  const { lastRun, digest } = state;
  const { phase, scored, toScore, nextRun } = state.activity;
  const today = dateIn(now(), arxivTimeZone);
  const spentUsd = llm ? await stores.ledger.spent(llm.dayStart()) : 0;
  const budgetLeftUsd = llm && Math.max(0, llm.dailyBudgetUsd - spentUsd);
  const unsent = await stores.outbox.unsent(channel.name, addDays(today, -resendDays));
  // What is unsent while it posts is on its way.
  const isIdle = phase === 'idle';
  const planned = nextRun ?? parts.nextTime(channel.schedule, channel.timezone, now());
  const complaints: Complaint[] = [
    ...platformComplaints(channel, parts),
    ...runComplaint(lastRun),
    ...(unsent > 0 && isIdle
      ? [
          {
            text: `${countOf(unsent, 'message')} of the last digests could not be sent yet.`,
            fix: 'Type /arxiv digest to send them.',
          },
        ]
      : []),
    ...(llm && llm.dailyBudgetUsd > 0 && budgetLeftUsd === 0
      ? [
          {
            text: `The budget of ${dollars(llm.dailyBudgetUsd)} for today is spent; the built-in scorer reads until tomorrow.`,
            fix: 'Raise scorer.dailyBudgetUsd in the config file if that happens often.',
          },
        ]
      : []),
    ...(digest && digest.date < addDays(today, -quietDays) && !channel.isPaused
      ? [{ text: `The newest digest is of ${longDate(digest.date)}.`, fix: 'Run doctor where Paperboy runs.' }]
      : []),
  ];
  return {
    engine: llm ? llm.model : 'the built-in scorer',
    budgetLeftUsd,
    lastRun: lastRun && { at: lastRun.endedAt, text: runText(lastRun, await wasTakenBack(lastRun, stores)) },
    nextRun: channel.isPaused || !isIdle ? undefined : planned?.toISOString(),
    prefilter: prefilterOf(digest),
    progress: phase === 'scoring' ? { scored, toScore } : undefined,
    complaints,
  };
};
