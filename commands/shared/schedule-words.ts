import type { Channel } from '../../src/core/channel.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonRow, type Message, message, note, paragraph } from '../../src/core/message.ts';
import { wordList } from '../../src/core/paper.ts';

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

const weekdays = '1-5';

/**
 * A weekday from 0 (Sunday) to 6, read from a cron number (0 to 7) or a name of at least three letters; -1 for anything
 * else.
 */
const dayNumber = (word: string): number => {
  if (/^[0-7]$/.test(word)) return Number(word) % 7;
  const name = word.toLowerCase().replace(/s$/, '');
  return name.length < 3 ? -1 : dayNames.findIndex((day) => day.toLowerCase().startsWith(name));
};

/** Reads "mon-fri", "mon,wed" or "1-5", where 0 is Sunday; undefined for anything else. */
const readDays = (text: string): number[] | undefined => {
  const days = text.split(',').flatMap((part) => {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, to] = [dayNumber(first), dayNumber(last)];
    if (from < 0 || to < 0 || more.length > 0) return [Number.NaN];
    const count = ((to - from + 7) % 7) + 1;
    return Array.from({ length: count }, (_, index) => (from + index) % 7);
  });
  return days.length === 0 || days.some(Number.isNaN) ? undefined : [...new Set(days)].toSorted((a, b) => a - b);
};

const isWeekdays = (days: readonly number[]): boolean => days.join() === '1,2,3,4,5';

const namesOf = (days: readonly number[]): string =>
  wordList(days.toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7)).map((day) => dayNames[day] ?? ''));

type Weekly = { minute: number; hour: number; days: string };

const weeklyOf = (schedule: string): Weekly | undefined => {
  const [, minute, hour, days] = /^\s*(\d{1,2})\s+(\d{1,2})\s+\*\s+\*\s+(\S+)\s*$/.exec(schedule) ?? [];
  return minute === undefined || hour === undefined || days === undefined
    ? undefined
    : { minute: Number(minute), hour: Number(hour), days };
};

/** "on weekdays at 09:00", "on Monday and Friday at 08:30"; quotes a more complex cron expression. */
export const scheduleText = (schedule: string): string => {
  const weekly = weeklyOf(schedule);
  const days = weekly && (weekly.days === '*' ? [0, 1, 2, 3, 4, 5, 6] : readDays(weekly.days));
  if (!weekly || !days) return `on the cron schedule ${schedule}`;
  const time = `${String(weekly.hour).padStart(2, '0')}:${String(weekly.minute).padStart(2, '0')}`;
  const when = days.length === 7 ? 'every day' : isWeekdays(days) ? 'on weekdays' : `on ${namesOf(days)}`;
  return `${when} at ${time}`;
};

const readTime = (text: string): { hour: number; minute: number } | undefined => {
  const [, hours, minutes = '00', half] = /^(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?$/i.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const isTwelve = half !== undefined;
  const hour = isTwelve ? (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hours);
  const minute = Number(minutes);
  return hour > 23 || minute > 59 || (isTwelve && (Number(hours) > 12 || Number(hours) < 1))
    ? undefined
    : { hour, minute };
};

const wholeWeeks: Readonly<Record<string, string>> = { weekdays, daily: '*', everyday: '*', 'every day': '*' };

const cronDays = (input: string): string | undefined => {
  const text = input
    .toLowerCase()
    .replace(/^on\s+/, '')
    .trim();
  const whole = Object.hasOwn(wholeWeeks, text) ? wholeWeeks[text] : undefined;
  if (whole !== undefined) return whole;
  const days = readDays(
    text
      .replace(/\s*(?:,|\band\b)\s*/g, ',')
      .replace(/\s*-\s*/g, '-')
      .replace(/\s+/g, ','),
  );
  return days && (isWeekdays(days) ? weekdays : days.length === 7 ? '*' : days.join(','));
};

/**
 * Converts "weekdays 9:00", "mon,wed,fri 8:30" or "9:00" (on the current days) to a cron expression. Returns a cron
 * expression unchecked.
 * @throws UserError for anything else.
 */
export const readSchedule = (input: string, current: string): string => {
  const text = input
    .trim()
    .replace(/^["'“]|["'”]$/g, '')
    .trim();
  if (/^[\d*][\d*/,-]*(?:\s+[^\s:]+){4,}$/.test(text)) return text.replace(/\s+/g, ' ');
  const [, days = '', clock = ''] = /^(.*?)\s*(?:\bat\s+)?(\d{1,2}(?:[:.]\d{2})?\s*(?:[ap]m)?)$/i.exec(text) ?? [];
  const time = readTime(clock);
  const before = weeklyOf(current)?.days ?? weekdays;
  const on = days === '' ? before : cronDays(days);
  if (!time || on === undefined)
    throw new UserError(
      'Write a time, such as 9:00, weekdays 9:00 or mon,wed,fri 8:30. A cron expression such as 0 9 * * 1-5 also works.',
    );
  return `${time.minute} ${time.hour} * * ${on}`;
};

export const whenText = ({ schedule, timezone }: Pick<Channel, 'schedule' | 'timezone'>): string =>
  `${scheduleText(schedule)} (${timezone})`;

export const whenMessage = (text: string, isPaused: boolean, hint?: string): Message =>
  message(text, [
    paragraph(text),
    note(hint),
    buttonRow(
      isPaused ? button('Resume', ['resume'], 'primary') : button('Pause', ['pause']),
      button('Status', ['status']),
    ),
  ]);
