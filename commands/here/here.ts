import { type Destination, isAddressOf } from '../../src/core/addresses.ts';
import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { arxivTimeZone, dateIn } from '../../src/core/dates.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { button, buttonRow, heading, type Message, message, paragraph, textMessage } from '../../src/core/message.ts';
import { limitsText } from '../shared/cutoffs.ts';
import { changeNumber, pendingStep } from '../shared/pending-step.ts';
import { whenText } from '../shared/schedule-words.ts';
import { understoodParts } from '../shared/understood.ts';
import { addPending, findPending, hereForm, type PendingChannel, settingsOf, starterTopics } from './pending.ts';
import { type Preview, previewParts } from './preview.ts';

/**
 * The channel that posts to a destination. The command's own channel may differ, because it defaults to the only
 * channel.
 */
const ownerOf = (channels: readonly Channel[], destination: Destination): Channel | undefined =>
  channels.find(({ post }) => post.some((written) => isAddressOf(written, destination)));

const occupied = ({ name, categories }: Channel, canRemove: boolean): Message =>
  message(`${name} already posts here`, [
    paragraph(`The channel ${name} already posts here. It reads ${categories.join(' and ')}.`),
    buttonRow(
      button('Topics', ['topics show']),
      button('Edit topics', ['topics edit']),
      button('Schedule', ['schedule']),
      canRemove && button('Remove', ['here remove']),
    ),
  ]);

/**
 * @param changeId The change that created the channel, because another channel may post here by the time of the click.
 */
const removalQuestion = ({ name }: Channel, changeId: number): Message =>
  message(`Remove ${name} from here?`, [
    paragraph(
      { text: `This removes ${name} from here. `, bold: true },
      'Nothing more is posted, and its topics, schedule and followed authors no longer apply. Posted papers, pages and history stay.',
    ),
    buttonRow(button('Remove', ['here remove confirmed', String(changeId)], 'danger'), button('Pause', ['pause'])),
  ]);

/** Removes a channel created in chat. @throws UserError if there is none here or it comes from the config file. */
const removeHere = async (context: CommandContext, confirmed: number | undefined): Promise<Message> => {
  const { channels, destination, person } = context;
  const owner = ownerOf(channels.list(), destination);
  if (!owner) throw new UserError('Nothing is posted here, so there is nothing to remove.');
  const origin = channels.origin(owner.name);
  if (origin && confirmed !== origin.changeId) return removalQuestion(owner, origin.changeId);
  await channels.remove(owner.name, person);
  const { name, categories, timezone, rubric } = owner;
  const pending = {
    ...{ name, timezone, topics: rubric.topics, categories: categories.join(', '), destination },
    papersPerDay: String(owner.papersPerDay),
  };
  const id = String(await addPending(pending, context));
  return message(`${name} has been removed`, [
    paragraph(
      { text: `${name} has been removed. `, bold: true },
      'Nothing more is posted here, except by a run in progress. Posted papers, pages and history stay.',
    ),
    buttonRow(button('Restore', ['herechange', id])),
  ]);
};

export const here = defineCommand({
  name: 'here',
  summary: 'Set up Paperboy here after a preview, or remove it',
  examples: ['here', 'here remove'],
  rights: 'managers',
  options: {
    remove: {
      type: 'word',
      values: ['remove'],
      description: 'remove the channel that was set up here, after you confirm',
    },
    confirmed: { ...changeNumber('remove without asking'), keyword: 'confirmed', isHidden: true },
  },

  async run(context, { remove, confirmed }) {
    const { channels, destination } = context;
    if (remove || confirmed !== undefined) return removeHere(context, confirmed);
    const owner = ownerOf(channels.list(), destination);
    if (owner) return occupied(owner, channels.origin(owner.name) !== undefined);
    const timezone = channels.list()[0]?.timezone ?? arxivTimeZone;
    const empty = { name: '', categories: '', topics: starterTopics, timezone };
    return { form: hereForm(empty, context.services.model) };
  },
});

const previewOf = async (channel: Channel, context: CommandContext): Promise<Preview> => {
  const { stores, services, clock, signal } = context;
  const { categories } = channel;
  await context.progress(textMessage(`Reading the newest papers in ${categories.join(' and ')} …`));
  const date = (await stores.announcements.newestDate(categories)) ?? dateIn(clock.now(), arxivTimeZone);
  const draft = await services.draft(channel, date, signal).catch((error: unknown) => {
    if (error instanceof ExternalError) return undefined;
    throw error;
  });
  return previewParts(draft);
};

export const hereCheck = defineCommand({
  name: 'herecheck',
  summary: 'Preview what Paperboy would post here',
  examples: ['herecheck'],
  rights: 'managers',
  isHidden: true,
  options: {},

  async run(context) {
    const { fields, channels, destination } = context;
    if (fields.name === undefined) throw new UserError('The form is missing. Type /arxiv here to open it.');
    const { name, categories = '', topics = '', timezone = '', papersPerDay } = fields;
    const pending: PendingChannel = { name, categories, topics, timezone, papersPerDay, destination };
    const id = String(await addPending(pending, context));
    const edit = button('Edit', ['herechange', id]);
    let wanted: Channel;
    try {
      wanted = channels.previewNew(settingsOf(pending));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return message('Not started yet', [paragraph(`${error.message} Your input is kept.`), buttonRow(edit)]);
    }
    const title = `${wanted.name}, not started yet`;
    const preview = await previewOf(wanted, context);
    const parts = [
      heading(title),
      paragraph(
        `It will read ${wanted.categories.join(' and ')} and post ${limitsText(wanted, context.services.model)}. It will post here ${whenText(wanted)}.`,
      ),
      understoodParts(await context.services.understand(wanted)),
      preview.parts,
      buttonRow(button('Start', ['herestart', id], 'primary'), edit),
    ];
    return message(title, parts, { papers: { first: 1, ids: preview.ids } });
  },
});

export const hereChange = pendingStep('herechange', 'Edit the pending channel', async (context, id) => ({
  form: hereForm(await findPending(id, context), context.services.model),
}));

export const hereStart = pendingStep('herestart', 'Start the pending channel', async (context, id) => {
  const { channels, stores, clock, person } = context;
  const created = await channels.create(settingsOf(await findPending(id, context)), person);
  await stores.changes.undo(id, { at: clock.now().toISOString(), person });
  const { name, managers } = created;
  const who = managers.length > 0 ? 'Its managers and the admins' : 'The admins';
  return message(`${name} now posts here`, [
    paragraph(
      { text: `${name} now posts here. `, bold: true },
      `It posts ${whenText(created)}; the next run posts the first papers.`,
    ),
    paragraph(
      `${who} can change it with /arxiv topics edit, /arxiv schedule and /arxiv follow. Everybody can ask and vote.`,
    ),
    buttonRow(button('Topics', ['topics show']), button('Schedule', ['schedule']), button('Help', ['help'])),
  ]);
});
