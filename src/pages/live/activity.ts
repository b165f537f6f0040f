import { html } from 'hono/html';
import { dateFormat } from '../../core/date-format.ts';
import type { ChannelActivity } from '../../core/run.ts';
import type { LiveState } from '../../core/site.ts';
import type { PageChannel } from '../day.ts';
import type { Html } from '../html.ts';
import { grouped } from '../numbers.ts';

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
