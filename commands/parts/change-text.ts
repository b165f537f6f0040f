import { isIsoDate } from '../../src/core/clock.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { Change } from '../../src/core/stores.ts';
import { dayText } from './dates.ts';
import { fieldsOf, numberOf, removeAction, textOf } from './records.ts';
import { scheduleText } from './schedule-words.ts';
import type { TopicsEdit } from './topics-edits.ts';

const authorsText = (value: unknown): string => {
  const names = Array.isArray(value) ? value.flatMap((one) => textOf(fieldsOf(one).name) ?? []) : [];
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return names.length === 0 ? 'follows nobody any more' : `follows ${shown}`;
};

const dateText = (value: unknown): string => {
  const date = textOf(value) ?? '';
  return isIsoDate(date) ? dayText(date) : 'a day';
};

/**
 * What a change did, as the end of a line: "topics edited, 1 line added".
 *
 * @param all Every change of the channel, where what was taken back is looked up.
 * @param edits The edits of its topics.
 */
export const changeText = (change: Change, all: readonly Change[], edits: readonly TopicsEdit[]): string => {
  const value = fieldsOf(change.value);
  switch (change.action) {
    case 'topics': {
      const edit = edits.find(({ version }) => version.record.changeId === change.changeId);
      return edit ? `topics edited, ${edit.what}` : 'topics edited';
    }
    case 'schedule':
      return `schedule: ${scheduleText(textOf(value.schedule) ?? '')}`;
    case 'pause':
      return value.isPaused === false ? 'resumed' : 'paused';
    case 'authors':
      return authorsText(value.authors);
    case 'retract':
      return `digest of ${dateText(value.date)} taken back`;
    case 'anew':
      return `digest of ${dateText(value.date)} made anew`;
    case 'rescore':
      return `asked about ${countOf(numberOf(value.papers) ?? 0, 'paper')} again`;
    case 'feedback':
      return 'forgot what votes had taught';
    case 'here':
      return 'brought Paperboy here';
    case removeAction:
      return 'took Paperboy away from here';
    case 'undo': {
      const undone = all.find(({ changeId }) => changeId === value.changeId);
      return undone && undone.action !== 'undo'
        ? `taken back: ${changeText(undone, all, edits)}`
        : 'a change taken back';
    }
    default:
      return change.action;
  }
};
