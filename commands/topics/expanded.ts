import type { ChangeOf } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import {
  type Answer,
  button,
  buttonRow,
  heading,
  type Message,
  message,
  note,
  paragraph,
} from '../../src/core/message.ts';
import { topicsHash } from '../../src/core/score.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { understoodParts } from '../shared/understood.ts';
import { expansionForm, topicsOfForm } from './form.ts';
import { topicsBlocks } from './markdown.ts';

type Origin = ChangeOf<'expansion'>;

/** The change that the channel's expansion comes from: a person's edit, or else a model's newest answer. */
const originOf = async (
  { name, rubric }: Channel,
  { stores }: Pick<CommandContext, 'stores'>,
): Promise<Origin | undefined> => {
  const hash = topicsHash(rubric);
  const newest = async (channel: string | undefined): Promise<Origin | undefined> =>
    (await stores.changes.list(channel, 'expansion')).findLast(
      ({ undoneBy, value }) => undoneBy === undefined && value.topicsHash === hash,
    );
  return (await newest(name)) ?? (await newest(undefined));
};

const isEdit = ({ channel }: Origin): boolean => channel !== undefined;

/** What the built-in scorer reads instead of the topics, as a sentence; undefined if it reads them as written. */
export const expansionText = async (channel: Channel, context: CommandContext): Promise<string | undefined> => {
  const origin = await originOf(channel, context);
  if (!origin) return undefined;
  const { value, person, at } = origin;
  const when = momentText(new Date(at), channel.timezone);
  const who = isEdit(origin) ? personText(person, context) : (value.model ?? 'A language model');
  if (value.text !== '')
    return `Expanded by ${who} (${when}). The built-in scorer and the topic labels use the expanded form.`;
  return isEdit(origin)
    ? `The expanded form was turned off by ${who} (${when}).`
    : `${who} could not expand the topics (${when}). The built-in scorer uses them as written.`;
};

const view = async (channel: Channel, context: CommandContext, done?: string): Promise<Message> => {
  const { expansion } = channel.rubric;
  const origin = await originOf(channel, context);
  const isManager = context.mayManage(channel);
  const title = `Expanded topics of ${channel.name}`;
  return message(done ?? title, [
    paragraph(done),
    heading(title),
    note(await expansionText(channel, context)),
    expansion ? topicsBlocks(expansion) : undefined,
    understoodParts({ wanted: [], unwanted: [], problem: (await context.services.understand(channel)).problem }),
    buttonRow(
      button('Topics', ['topics show']),
      isManager && origin && button('Edit', ['topics expanded edit']),
      isManager && origin && isEdit(origin) && button('Undo', ['topics expanded undo']),
      isManager &&
        context.services.model !== undefined &&
        !(origin && isEdit(origin)) &&
        button('Expand again', ['topics expanded again']),
    ),
  ]);
};

const noExpansionText = (channel: Channel, model: string | undefined): string =>
  model === undefined
    ? `The topics of ${channel.name} are used as written, because no language model is configured to expand them.`
    : `${model} has not expanded the topics of ${channel.name} yet. It will at the next run.`;

const edited = async (channel: Channel): Promise<Answer> => {
  const text = channel.rubric.expansion || channel.rubric.topics;
  return { form: expansionForm(text, `topics expandedsave ${topicsHash(channel.rubric).slice(0, 12)}`) };
};

const undone = async (channel: Channel, context: CommandContext): Promise<Message> => {
  const now = await context.channels.undo(channel.name, 'expansion', context.person);
  if (!now) throw new UserError('There is no edit to the expanded topics to undo.');
  return view(now, context, 'Undone.');
};

const expandedAgain = async (channel: Channel, context: CommandContext): Promise<Message> => {
  const { services, signal } = context;
  const before = await originOf(channel, context);
  const now = await services.expandAgain(channel, signal);
  if (!now) throw new UserError(noExpansionText(channel, undefined));
  const after = await originOf(now, context);
  if (after?.changeId === before?.changeId)
    throw new UserError(
      `${services.model} did not expand the topics: it did not answer, or the budget is spent. Type /arxiv status for its state.`,
    );
  return view(now, context, now.rubric.expansion === '' ? undefined : 'Expanded again.');
};

export const expandedTopics = defineCommand({
  name: 'expanded',
  summary: 'Show the topics as a language model expanded them; managers can edit them',
  examples: ['topics expanded', 'topics expanded edit', 'topics expanded again'],
  options: {
    change: {
      type: 'word',
      values: ['edit', 'undo', 'again'],
      description: 'edit them, undo the latest edit, or have them expanded again',
    },
  },

  async run(context, { change }) {
    const channel = await context.channel();
    if (change) context.requireManager(channel);
    if (change === 'edit') return edited(channel);
    if (change === 'undo') return undone(channel, context);
    if (change === 'again') return expandedAgain(channel, context);
    const { expansion } = channel.rubric;
    if (expansion !== undefined) return view(channel, context);
    const text = noExpansionText(channel, context.services.model);
    return message(text, [paragraph(text), buttonRow(button('Topics', ['topics show']))]);
  },
});

export const saveExpanded = defineCommand({
  name: 'expandedsave',
  summary: 'Save the expanded topics',
  examples: ['topics expandedsave 0123456789ab'],
  rights: 'managers',
  isHidden: true,
  options: { topics: { type: 'text', description: 'start of the hash of the topics', required: true } },

  async run(context, { topics }) {
    const channel = await context.channel();
    const { rubric } = channel;
    const hash = topicsHash(rubric);
    if (!hash.startsWith(topics))
      throw new UserError('The topics were edited in the meantime. Type /arxiv topics expanded for the new form.');
    const text = topicsOfForm(context.fields, rubric.expansion || rubric.topics).trim();
    if (text === rubric.expansion) return view(channel, context, 'Nothing changed.');
    const change = { kind: 'expansion', topicsHash: hash, text } as const;
    return view(await context.channels.change(channel.name, change, context.person), context, 'Saved.');
  },
});
