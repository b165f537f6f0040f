import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import { dateFormat } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import type { ChannelActivity } from '../../core/run.ts';
import type { Score } from '../../core/score.ts';
import type { LiveState } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import { rescoredOf } from '../../digest/current-score.ts';
import type { PageChannel } from '../day/day.ts';
import type { Html } from '../html.ts';
import { grouped } from '../numbers.ts';
import { type LiveChannel, type LiveSiteParts, postsShown } from './site.ts';

/** The scores that a digest's papers were given later, by paper id. */
export const readRescored = (
  { entries, nearest }: Digest,
  { rubric }: LiveChannel,
  { scores }: Pick<Stores, 'scores'>,
): Promise<ReadonlyMap<string, Score>> => rescoredOf([...entries, ...nearest], rubric, scores);

/** A digest with what its papers were scored since; the papers stay in their places. */
export const withScores = (digest: Digest, rescored: ReadonlyMap<string, Score>): Digest => {
  const current = (entry: DigestEntry): DigestEntry => ({
    ...entry,
    score: rescored.get(entry.paper.id) ?? entry.score,
  });
  return { ...digest, entries: digest.entries.map(current), nearest: digest.nearest.map(current) };
};

const words: Record<Exclude<ChannelActivity['phase'], 'idle'>, string> = {
  collecting: 'Looking at arXiv …',
  scoring: 'Scoring papers …',
  posting: 'Posting …',
};

/** "today at 09:00", "Monday at 09:00" within a week, "Monday, 14 July at 09:00" later; in the channel's time zone. */
const nextLook = (next: Date, now: Date, timeZone: string): string => {
  const format = (options: Intl.DateTimeFormatOptions, of: Date): string =>
    dateFormat('en-GB', { timeZone, ...options }).format(of);
  const time = format({ timeStyle: 'short' }, next);
  const day = (of: Date): string => format({ dateStyle: 'short' }, of);
  if (day(next) === day(now)) return `today at ${time}`;
  const isNear = next.getTime() - now.getTime() < 6 * 86_400_000;
  const shown = format({ weekday: 'long', ...(isNear ? {} : { day: 'numeric', month: 'long' }) }, next);
  return `${shown} at ${time}`;
};

/** What a channel is doing, or when it looks at arXiv again, in words and numbers. */
export const describeActivity = (
  { phase, scored, toScore, nextRun }: ChannelActivity,
  { timezone }: PageChannel,
  now: Date,
): LiveState['activity'] => {
  if (phase !== 'idle') return { words: words[phase], done: scored, total: toScore };
  const next = nextRun ? `Next look at arXiv: ${nextLook(nextRun, now, timezone)} (${timezone})` : '';
  return { words: next, done: 0, total: 0 };
};

/** The line that tells it, which changes by itself. */
export const activityLine = ({ words: said, done, total }: LiveState['activity']): Html =>
  html`<div class="activity small" id="activity">
        <span role="status">${said}</span>
        <progress aria-label="Papers scored" value="${done}" max="${Math.max(1, total)}" ${total > 0 ? '' : 'hidden'}></progress>
        <span class="number" aria-hidden="true">${total > 0 ? `${grouped(done)} of ${grouped(total)}` : ''}</span>
      </div>`;

/** The state of a channel's page: of the given day, or of the newest with the channel's other messages. */
export const readState = async (
  channel: LiveChannel,
  date: string | undefined,
  { stores, activity, now }: Pick<LiveSiteParts, 'stores' | 'activity' | 'now'>,
): Promise<LiveState> => {
  const { name, place } = channel;
  const digest = await (date === undefined ? stores.digests.newest(name) : stores.digests.find(name, date));
  const ids = [...(digest?.entries ?? []), ...(digest?.nearest ?? [])].map(({ paper }) => paper.id);
  const sent = digest && place !== undefined ? await stores.outbox.list(digest.digestId, place) : [];
  const rescored = digest ? await readRescored(digest, channel, stores) : new Map();
  // Whole, as what was sent may be changed.
  const posts = place !== undefined && date === undefined ? await stores.webMessages.posts(place, postsShown) : [];
  // What stands beside the day: the channel's days and calendar.
  const days = (await stores.digests.summaries(name)).map((day) => day.date);
  const shown = [
    digest?.digestId,
    days,
    sent.filter(({ status }) => status === 'sent').length,
    [...rescored.values()].map(({ scoreId }) => scoreId),
    posts.map(({ key, message }) => [key, message]),
  ];
  return {
    content: createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 22),
    votes: Object.fromEntries(await stores.reactions.votes(name, ids)),
    activity: describeActivity(activity.of(name), channel, now()),
  };
};
