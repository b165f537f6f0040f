import type { Channel } from '../../src/core/channel.ts';
import type { Message } from '../../src/core/message.ts';
import { button, buttonsBlock } from './buttons.ts';
import { scheduleText } from './schedule-words.ts';

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
