import { hash } from 'node:crypto';
import { html } from 'hono/html';
import type { ChangeOf } from '../../core/changes.ts';
import { addDays, dateFormat, dateIn } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import type { Delivery } from '../../core/outbox.ts';
import { grouped, type IsoDate } from '../../core/paper.ts';
import { type Activity, type ChannelActivity, isSuccess } from '../../core/run.ts';
import type { Score } from '../../core/score.ts';
import type { LiveState } from '../../core/site.ts';
import type { ChangeStore, Stores } from '../../core/stores.ts';
import type { WebMessage } from '../../core/web-message.ts';
import { rescoredOf } from '../../digest/current-score.ts';
import { timeOfInstant } from '../dates.ts';
import { type PageChannel, type PageStores, shownIds } from '../day/day.ts';
import { type Html, lines, nothing } from '../html.ts';
import { commandButtons, type Desk } from '../message.ts';
import type { Expected } from '../overview/front.ts';
import type { SiteParts } from '../site.ts';
import type { Limits } from './slider.ts';

export type LiveChannel = PageChannel & {
  /** Its destination on the web platform; undefined if it does not post there and is read-only. */
  destination: string | undefined;
  rubric?: string | undefined;
  /** What the channel picks now. */
  limits?: Limits | undefined;
  isPaused?: boolean;
  isFormer?: boolean;
};

export type LiveSiteParts = Omit<SiteParts, 'channels' | 'stores' | 'expected'> & {
  channels: readonly LiveChannel[];
  stores: PageStores & Pick<Stores, 'changes' | 'outbox' | 'runs' | 'webMessages' | 'saved' | 'readMarks' | 'version'>;
  activity: Activity;
  hasModel: boolean;
  /** What fails now, in a channel or anywhere, and what to do about it. */
  problems(channel: string | undefined): Promise<readonly Problem[]>;
  /** Differs after every change of the problems that is not in the stores. */
  problemsVersion?(): number;
};

type Problem = { text: string; fix: string };

const maxPosts = 50;

const readRescored = (
  { entries, nearest }: Digest,
  { rubric }: LiveChannel,
  { scores }: Pick<Stores, 'scores'>,
): Promise<ReadonlyMap<string, Score>> => rescoredOf([...entries, ...nearest], rubric, scores);

export const withScores = (digest: Digest, rescored: ReadonlyMap<string, Score>): Digest => {
  const current = (entry: DigestEntry): DigestEntry => ({
    ...entry,
    score: rescored.get(entry.paper.id) ?? entry.score,
  });
  return { ...digest, entries: digest.entries.map(current), nearest: digest.nearest.map(current) };
};

const words: Record<Exclude<ChannelActivity['phase'], 'idle'>, string> = {
  waiting: 'Waiting for another run …',
  collecting: 'Checking arXiv …',
  scoring: 'Scoring papers …',
  posting: 'Posting …',
};

/** "today at 09:00", "Monday at 09:00" or, after a week, "Monday, 14 July at 09:00". */
const timeOfRun = (next: Date, now: Date, timeZone: string): string => {
  const format = (options: Intl.DateTimeFormatOptions, of: Date): string =>
    dateFormat('en-GB', { timeZone, ...options }).format(of);
  const time = format({ timeStyle: 'short' }, next);
  const day = (of: Date): string => format({ dateStyle: 'short' }, of);
  if (day(next) === day(now)) return `today at ${time}`;
  const isNear = dateIn(next, timeZone) < addDays(dateIn(now, timeZone), 7);
  const shown = format({ weekday: 'long', ...(isNear ? {} : { day: 'numeric', month: 'long' }) }, next);
  return `${shown} at ${time}`;
};

const pausedWords = async ({ name, timezone }: LiveChannel, changes: Pick<ChangeStore, 'list'>): Promise<string> => {
  const isStanding = ({ undoneBy, value }: ChangeOf<'pause'>): boolean => undoneBy === undefined && value.isPaused;
  const pause = (await changes.list(name, 'pause')).findLast(isStanding);
  return `Paused${pause ? ` on ${timeOfInstant(pause.at, timezone)} (${timezone})` : ''}; nothing is posted.`;
};

export const describeActivity = async (
  channel: LiveChannel,
  { stores, activity, now }: Pick<LiveSiteParts, 'stores' | 'activity' | 'now'>,
): Promise<LiveState['activity']> => {
  const { phase, scored, toScore, nextRun } = activity.of(channel.name);
  if (phase !== 'idle') return { words: words[phase], done: scored, total: toScore };
  if (channel.isPaused) return { words: await pausedWords(channel, stores.changes), done: 0, total: 0, isPaused: true };
  const { timezone } = channel;
  const next = nextRun ? `Next check of arXiv: ${timeOfRun(nextRun, now(), timezone)} (${timezone})` : '';
  return { words: next, done: 0, total: 0 };
};

/** When the first digest of a channel comes; undefined while it is made. */
export const expectedDigest = async (
  { name, timezone, isPaused, isFormer }: Pick<LiveChannel, 'name' | 'timezone' | 'isPaused' | 'isFormer'>,
  { stores, activity, now }: Pick<LiveSiteParts, 'stores' | 'activity' | 'now'>,
): Promise<Expected | undefined> => {
  const { phase, nextRun } = activity.of(name);
  if (isPaused) return { is: 'paused' };
  if (isFormer || phase !== 'idle' || !nextRun) return undefined;
  const status = (await stores.runs.newestOf([name])).get(name)?.run?.status;
  const is = status === 'no-announcement' ? 'late' : status && !isSuccess(status) ? 'failed' : 'scheduled';
  return { is, at: nextRun.toISOString(), words: timeOfRun(nextRun, now(), timezone) };
};

/** @param desk Receives the command of the Resume button; undefined for readers without rights. */
export const activityLine = ({ words: status, done, total, isPaused }: LiveState['activity'], desk?: Desk): Html =>
  html`<div class="activity small" id="activity">
        <span role="status">${status}</span>
        <progress aria-label="Papers scored" value="${done}" max="${Math.max(1, total)}" ${total > 0 ? '' : 'hidden'}></progress>
        <span class="number" aria-hidden="true">${total > 0 ? `${grouped(done)} of ${grouped(total)}` : ''}</span>
        ${desk ? html`<span class="resume" ${isPaused ? '' : 'hidden'}>${commandButtons([{ label: 'Resume', command: 'resume' }], desk, 'actions')}</span>` : nothing}
      </div>`;

export const problemList = (problems: readonly Problem[]): Html =>
  problems.length === 0
    ? nothing
    : html`<div class="notice problems" role="status">${lines(problems.map(({ text, fix }) => html`<p><strong>${text}</strong> ${fix}</p>`))}</div>
      `;

/** What an open page shows and follows besides votes and activity: of one day, or of the channel's newest. */
export type Seen = {
  digest: Digest | undefined;
  /** Of all digests, newest first. */
  dates: readonly IsoDate[];
  sent: readonly Delivery[];
  rescored: ReadonlyMap<string, Score>;
  /** Of the newest day's page only. */
  posts: readonly (readonly WebMessage[])[];
  problems: readonly Problem[];
  /** Without a digest. */
  expected: Expected | undefined;
};

/** @param date Undefined for the newest day. */
export const readSeen = async (
  channel: LiveChannel,
  { date, digest, dates }: Pick<Seen, 'digest' | 'dates'> & { date: IsoDate | undefined },
  parts: Pick<LiveSiteParts, 'stores' | 'activity' | 'now' | 'problems'>,
): Promise<Seen> => {
  const { name, destination } = channel;
  const { stores, problems } = parts;
  return {
    ...{ digest, dates },
    sent: digest && destination !== undefined ? await stores.outbox.list(digest.digestId, destination) : [],
    rescored: digest ? await readRescored(digest, channel, stores) : new Map(),
    posts: destination !== undefined && date === undefined ? await stores.webMessages.posts(destination, maxPosts) : [],
    problems: await problems(name),
    expected: digest ? undefined : await expectedDigest(channel, parts),
  };
};

/** Differs if anything differs but votes and activity. */
export const fingerprintOf = ({ digest, dates, sent, rescored, posts, problems, expected }: Seen): string => {
  const shown = [
    digest?.digestId,
    // For the sidebar.
    dates,
    sent.filter(({ status }) => status === 'sent').length,
    [...rescored.values()].map(({ scoreId }) => scoreId),
    // With their texts, because sent messages may change.
    posts.map((post) => post.map(({ key, message }) => [key, message])),
    problems.map(({ text }) => text),
    expected,
  ];
  return hash('sha256', JSON.stringify(shown), 'base64url').slice(0, 22);
};

export const readState = async (
  channel: LiveChannel,
  date: IsoDate | undefined,
  parts: Pick<LiveSiteParts, 'stores' | 'activity' | 'now' | 'problems'>,
): Promise<LiveState> => {
  const { name } = channel;
  const { digests, reactions } = parts.stores;
  const digest = await (date === undefined ? digests.newest(name) : digests.find(name, date));
  const seen = await readSeen(channel, { date, digest, dates: await digests.dates(name) }, parts);
  return {
    content: fingerprintOf(seen),
    votes: Object.fromEntries(digest ? await reactions.votes(name, shownIds(digest)) : []),
    activity: await describeActivity(channel, parts),
  };
};
