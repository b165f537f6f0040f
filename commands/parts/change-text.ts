import { isIsoDate } from '../../src/core/clock.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { Change } from '../../src/core/stores.ts';
import { cutoffsText } from './cutoffs.ts';
import { dayText } from './dates.ts';
import { fieldsOf, numberOf, removeAction, textOf } from './records.ts';
import { scheduleText } from './schedule-words.ts';
import { readVersion } from './topics-versions.ts';

const authorsText = (value: unknown): string => {
  const names = Array.isArray(value) ? value.flatMap((one) => textOf(fieldsOf(one).name) ?? []) : [];
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return names.length === 0 ? 'follows nobody any more' : `follows ${shown}`;
};

const dateText = (value: unknown): string => {
  const date = textOf(value) ?? '';
  return isIsoDate(date) ? dayText(date) : 'a day';
};

/** What a change did, as the end of a line: "topics edited, relevance 7 and novelty 6 or more". */
export const changeText = (change: Change, all: readonly Change[]): string => {
  const value = fieldsOf(change.value);
  switch (change.action) {
    case 'topics': {
      const version = readVersion(change);
      return version ? `topics edited, ${cutoffsText(version.cutoffs)}` : 'topics edited';
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
      return undone && undone.action !== 'undo' ? `taken back: ${changeText(undone, all)}` : 'a change taken back';
    }
    default:
      return change.action;
  }
};
