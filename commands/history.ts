import type { Change } from '../src/core/changes.ts';
import type { FollowedAuthor } from '../src/core/channel.ts';
import { isIsoDate } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import type { Inline } from '../src/core/message.ts';
import { countOf } from '../src/core/paper-text.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { dayText, momentText } from './shared/dates.ts';
import { personText } from './shared/people.ts';
import { scheduleText } from './shared/schedule-words.ts';
import { type TopicsEdit, topicsEdits } from './topics/versions.ts';

const authorsText = (authors: readonly FollowedAuthor[]): string => {
  const names = authors.map(({ name }) => name);
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return names.length === 0 ? 'follows nobody any more' : `follows ${shown}`;
};

const dateText = (date: string): string => (isIsoDate(date) ? dayText(date) : 'a day');

/** Changes that people see: no drafts, nothing that was done to drafts, no questions. */
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
 * What a change did, as the end of a line: "topics edited, 1 line added".
 *
 * @param all Every change of the channel, where what was taken back is looked up.
 * @param edits The edits of its topics.
 */
const changeText = (change: Change, all: readonly Change[], edits: readonly TopicsEdit[]): string => {
  switch (change.action) {
    case 'topics': {
      const edit = edits.find(({ version }) => version.record.changeId === change.changeId);
      return edit ? `topics edited, ${edit.what}` : 'topics edited';
    }
    case 'schedule':
      return `schedule: ${scheduleText(change.value.schedule)}`;
    case 'pause':
      return change.value.isPaused ? 'paused' : 'resumed';
    case 'authors':
      return authorsText(change.value.authors);
    case 'retract':
      return `digest of ${dateText(change.value.date)} taken back`;
    case 'anew':
      return `digest of ${dateText(change.value.date)} made anew`;
    case 'rescore':
      return `asked about ${countOf(change.value.papers, 'paper')} again`;
    case 'feedback':
      return 'forgot what votes had taught';
    case 'here':
      return 'brought Paperboy here';
    case 'remove':
      return 'took Paperboy away from here';
    case 'undo': {
      const undone = all.find(({ changeId }) => changeId === change.value.changeId);
      return undone && undone.action !== 'undo'
        ? `taken back: ${changeText(undone, all, edits)}`
        : 'a change taken back';
    }
    case 'unknown':
      return change.value.action;
    default:
      return change.action;
  }
};

const usual = 10;
const most = 50;

export const history = defineCommand({
  name: 'history',
  summary: 'who changed what in this channel, and when',
  examples: ['history', 'history 20'],
  rights: 'managers',
  options: {
    n: { type: 'integer', description: `how many changes, ${usual} if you do not say`, minimum: 1, maximum: most },
  },

  async run(context, { n = usual }) {
    const { stores } = context;
    const channel = await context.channel();
    const { name, timezone } = channel;
    const made = (await stores.changes.list(undefined, 'here')).filter(({ value }) => value.name === name);
    const all = [...made, ...(await stores.changes.list(name))].toSorted((a, b) => b.changeId - a.changeId);
    const edits = await topicsEdits(channel, context);
    const visible = visibleChanges(all);
    const items = visible.slice(0, n).map((change): Inline[] => {
      const back = change.undoneBy === undefined ? '' : ' (taken back later)';
      const when = momentText(new Date(change.at), timezone);
      return [`${when}, ${personText(change.person, context)}: ${changeText(change, all, edits)}${back}`];
    });
    if (items.length === 0)
      return {
        summary: `Nothing was changed in ${name}`,
        blocks: [
          {
            type: 'paragraph',
            content: [`Nobody has changed anything in ${name} from chat; it is as the config file says.`],
          },
          ...buttonsBlock(button('Topics', ['topics show'])),
        ],
      };
    const more = visible.length - items.length;
    return {
      summary: `The newest changes of ${name}`,
      blocks: [
        { type: 'heading', text: `The newest changes of ${name}` },
        { type: 'list', ordered: false, items },
        ...buttonsBlock([
          ...(more > 0 && n < most ? button('More', ['history', String(Math.min(most, n * 2))]) : []),
          ...button('Edits of the topics', ['topics history']),
        ]),
      ],
    };
  },
});
