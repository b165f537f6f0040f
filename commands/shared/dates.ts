import type { Channel } from '../../src/core/channel.ts';
import { dateFormat } from '../../src/core/dates.ts';
import type { Message } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { button, buttonsBlock } from './buttons.ts';
import { scheduleText } from './schedule-words.ts';

/** "8 July 2025". */
export const dayText = (date: IsoDate): string =>
  dateFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** "8 Jul", for a bar of a chart. */
export const shortDay = (date: IsoDate): string =>
  dateFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** A moment in a time zone: "Tue, 8 July 2025, 09:00". */
export const momentText = (instant: Date, timeZone: string): string => {
  const day = dateFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone },
  }).format(instant);
  const time = dateFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(instant);
  return `${day}, ${time}`;
};

/** "on weekdays at 09:00 (Europe/Berlin)". */
export const whenText = ({ schedule, timezone }: Channel): string => `${scheduleText(schedule)} (${timezone})`;

/** A sentence on when a channel posts, with the next steps. */
export const whenMessage = (text: string, isPaused: boolean): Message => ({
  summary: text,
  blocks: [
    { type: 'paragraph', content: [text] },
    ...buttonsBlock([
      ...(isPaused ? button('Resume', ['resume'], 'primary') : button('Pause', ['pause'])),
      ...button('How things stand', ['status']),
    ]),
  ],
});
