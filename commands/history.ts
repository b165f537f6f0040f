import type { Change } from '../src/core/changes.ts';
import type { FollowedAuthor } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { dayText, isIsoDate } from '../src/core/dates.ts';
import { bulletList, button, buttonRow, heading, message, paragraph } from '../src/core/message.ts';
import { mutedText } from '../src/core/mute.ts';
import { countOf, shorten } from '../src/core/paper.ts';
import { momentText } from './shared/dates.ts';
import { personText } from './shared/people.ts';
import { scheduleText } from './shared/schedule-words.ts';
import { type TopicsEdit, topicsEdits } from './topics/versions.ts';

const maxNames = 5;
const maxMutedLength = 200;

const authorsText = (authors: readonly FollowedAuthor[]): string => {
  const names = authors.map(({ name }) => name);
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : '';
  return names.length === 0 ? 'nobody' : `${names.slice(0, maxNames).join(', ')}${more}`;
};

const dateText = (date: string): string => (isIsoDate(date) ? dayText(date) : 'a day');

const visibleChanges = (changes: readonly Change[]): Change[] => {
  const hidden = new Set(
    changes
      .filter(({ action }) => action === 'topics-draft' || action === 'here-draft' || action === 'ask')
      .map(({ changeId }) => changeId),
  );
  return changes.filter(
    (change) => !hidden.has(change.changeId) && !(change.action === 'undo' && hidden.has(change.value.changeId)),
  );
};

/**
 * What a change did, phrased to follow a name: "edited the topics, 1 line added".
 * @param all Every change to the channel, including undone ones.
 */
const changeText = (change: Change, all: readonly Change[], edits: readonly TopicsEdit[]): string => {
  switch (change.action) {
    case 'topics': {
      const edit = edits.find(({ version }) => version.change.changeId === change.changeId);
      return edit ? `edited the topics, ${edit.what}` : 'edited the topics';
    }
    case 'schedule':
      return `changed the schedule to ${scheduleText(change.value.schedule)}`;
    case 'pause':
      return change.value.isPaused ? 'paused posting' : 'resumed posting';
    case 'authors':
      return `changed the followed authors to ${authorsText(change.value.authors)}`;
    case 'mute':
      return `changed the muted words to ${change.value.muted.length === 0 ? 'none' : shorten(mutedText(change.value.muted), maxMutedLength)}`;
    case 'summary':
      return change.value.isOn ? 'turned on summaries' : 'turned off summaries';
    case 'retract':
      return `retracted the digest of ${dateText(change.value.date)}`;
    case 'anew':
      return `remade the digest of ${dateText(change.value.date)}`;
    case 'rescore':
      return `rescored ${countOf(change.value.papers, 'paper')}`;
    case 'recap':
      return `posted the recap of the ${change.value.span}`;
    case 'feedback':
      return 'reset the feedback';
    case 'here':
      return 'set up Paperboy here';
    case 'remove':
      return 'removed Paperboy from here';
    case 'postpone':
      return 'set up the channel, with the first digest at its scheduled time';
    case 'undo': {
      const undone = all.find(({ changeId }) => changeId === change.value.changeId);
      return undone && undone.action !== 'undo' ? `undid: ${changeText(undone, all, edits)}` : 'undid a change';
    }
    case 'unknown':
      return change.value.action;
    default:
      return change.action;
  }
};

const defaultCount = 10;
const maxCount = 50;

export const history = defineCommand({
  name: 'history',
  summary: 'Show who changed what in this channel, and when',
  examples: ['history', 'history 20'],
  rights: 'managers',
  aliases: ['changes'],
  options: {
    n: { type: 'integer', description: `how many changes, ${defaultCount} by default`, minimum: 1, maximum: maxCount },
  },

  async run(context, { n = defaultCount }) {
    const { stores } = context;
    const channel = await context.channel();
    const { name, timezone } = channel;
    const created = (await stores.changes.list(undefined, 'here')).filter(({ value }) => value.name === name);
    const all = [...created, ...(await stores.changes.list(name))].toSorted((a, b) => b.changeId - a.changeId);
    const edits = await topicsEdits(channel, context);
    const visible = visibleChanges(all);
    if (visible.length === 0)
      return message(`No changes to ${name}`, [
        paragraph(`Nobody has changed ${name} in chat. Its settings come from the config file.`),
        buttonRow(button('Topics', ['topics show'])),
      ]);
    const items = visible.slice(0, n).map((change) => {
      const undone = change.undoneBy === undefined ? '' : ' (undone later)';
      const when = momentText(new Date(change.at), timezone);
      return `${when}, ${personText(change.person, context)}: ${changeText(change, all, edits)}${undone}`;
    });
    const title = `Newest changes to ${name}`;
    return message(title, [
      heading(title),
      bulletList(items),
      buttonRow(
        visible.length > n && n < maxCount && button('More', ['history', String(Math.min(maxCount, n * 2))]),
        button('Topic edits', ['topics history']),
      ),
    ]);
  },
});
