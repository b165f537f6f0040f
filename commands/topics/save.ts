import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonRow, type Message, message, paragraph } from '../../src/core/message.ts';
import { areLimitsSame, limitsText } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { changeNumber, pendingStep } from '../shared/pending-step.ts';
import { personText } from '../shared/people.ts';
import { lineChanges, linesBlock } from './lines.ts';
import { closePending, findPending } from './pending.ts';
import { areTopicsSame, editedChannel } from './preview.ts';
import { currentVersion, fingerprint, firstTopicsText, topicsVersions } from './versions.ts';

/** "UOTHER on Slack changed the topics (Tue, 8 July 2025, 09:00)", for the newest save or undo in the change log. */
const lastChangeText = async (channel: Channel, context: CommandContext): Promise<string> => {
  const { stores } = context;
  const versions = await topicsVersions(channel.name, stores.changes);
  const undone = new Set(versions.map(({ change }) => change.undoneBy));
  const undos = (await stores.changes.list(channel.name, 'undo')).filter(({ changeId }) => undone.has(changeId));
  const [last] = [...versions.map(({ change }) => change), ...undos].toSorted((a, b) => b.changeId - a.changeId);
  if (!last) return 'the topics changed';
  return `${personText(last.person, context)} changed the topics (${momentText(new Date(last.at), channel.timezone)})`;
};

const saved = (
  before: Channel,
  channel: Channel,
  done: string,
  { services }: Pick<CommandContext, 'services'>,
): Message => {
  const isNew = areTopicsSame(before, channel) ? '' : 'uses these topics and ';
  return message(done, [
    paragraph(`${done}. From the next run on, ${channel.name} ${isNew}posts ${limitsText(channel, services.model)}.`),
    buttonRow(
      button('Topics', ['topics show']),
      button('Undo', ['topics undo']),
      button('Rescore papers', ['rescore']),
    ),
  ]);
};

export const saveTopics = pendingStep('topics save', 'Save a pending edit to the topics', async (context, id) => {
  const channel = await context.channel();
  const pending = await findPending(channel, id, context);
  if (pending.base !== fingerprint(channel))
    return message('Not saved: the topics have changed', [
      paragraph(
        `Not saved: ${await lastChangeText(channel, context)} after you started. Preview your edit again to compare it with the current topics.`,
      ),
      buttonRow(
        button('Preview again', ['topics look', String(id)], 'primary'),
        button('Current topics', ['topics show']),
        button('Discard', ['topics discard', String(id)]),
      ),
    ]);
  const { rubric, cutoffs, papersPerDay } = editedChannel(channel, pending, context);
  // Closed first, so that pressing the button twice saves only once.
  await closePending(id, context);
  const change = { kind: 'topics', topics: rubric.topics, cutoffs, papersPerDay } as const;
  return saved(channel, await context.channels.change(channel.name, change, context.person), 'Saved', context);
});

export const undoTopics = defineCommand({
  name: 'undo',
  summary: 'Undo the latest change to the topics',
  examples: ['topics undo'],
  rights: 'managers',
  options: {},

  async run(context) {
    const { channels, person, services, stores } = context;
    const channel = await context.channel();
    const version = currentVersion(await topicsVersions(channel.name, stores.changes));
    const now = version && (await channels.undo(channel.name, 'topics', person));
    if (!version || !now)
      throw new UserError(
        `There is nothing to undo: the topics of ${channel.name} are ${await firstTopicsText(channel, context)}. Type /arxiv topics edit to change them.`,
      );
    const { change } = version;
    const when = momentText(new Date(change.at), channel.timezone);
    const isSame = areLimitsSame(now, channel);
    const limits = `${channel.name} ${isSame ? 'still' : 'again'} posts ${limitsText(now, services.model)}.`;
    return message('The latest change to the topics was undone', [
      paragraph(`Undone: the edit by ${personText(change.person, context)} on ${when}. ${limits}`),
      linesBlock(lineChanges(channel.rubric.topics, now.rubric.topics)),
      buttonRow(
        button('Save again', ['topics again', String(change.changeId)]),
        button('Topics', ['topics show']),
        button('History', ['topics history']),
      ),
    ]);
  },
});

export const againTopics = defineCommand({
  name: 'again',
  summary: 'Redo an undone change to the topics',
  examples: ['topics again 12'],
  rights: 'managers',
  isHidden: true,
  options: { version: changeNumber('number of the edit') },

  async run(context, { version: wanted = 0 }) {
    const { channels, person, stores } = context;
    const channel = await context.channel();
    const versions = await topicsVersions(channel.name, stores.changes);
    const version = versions.find(({ change }) => change.changeId === wanted);
    if (!version)
      throw new UserError(`There is no edit ${wanted} to the topics. Type /arxiv topics history for all edits.`);
    const { topics, cutoffs, papersPerDay } = version;
    const isSame = areLimitsSame(version, channel);
    if (topics === channel.rubric.topics && isSame)
      throw new UserError('These are already the current topics. There is nothing to save.');
    const change = { kind: 'topics', topics, cutoffs, papersPerDay } as const;
    return saved(channel, await channels.change(channel.name, change, person), 'Saved again', context);
  },
});
