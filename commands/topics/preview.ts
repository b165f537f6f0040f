import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { longDate } from '../../src/core/dates.ts';
import { type DigestDraft, type DigestEntry, isOnlyBuiltIn } from '../../src/core/digest.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import {
  bulletList,
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  note,
  type Part,
  paragraph,
  textMessage,
} from '../../src/core/message.ts';
import { countOf, type IsoDate, linkedTitle, wordList } from '../../src/core/paper.ts';
import { scoreText } from '../../src/core/score.ts';
import { describeCounts, describeEngines } from '../../src/digest/text.ts';
import { areCutoffsSame, areLimitsSame, changedLimits, readCutoffs, readPapersPerDay } from '../shared/cutoffs.ts';
import { understoodParts } from '../shared/understood.ts';
import { lineChanges, linesBlock } from './lines.ts';
import { closePending, type PendingTopics, type StoredTopics } from './pending.ts';

type Context = Pick<CommandContext, 'stores' | 'services' | 'progress' | 'signal'>;

const maxListed = 8;

const listOf = (entries: readonly DigestEntry[], title: string): Part => {
  const more = entries.length - maxListed;
  const items = entries
    .slice(0, maxListed)
    .map(({ paper, score }): Inline[] => [`${scoreText(score)}  `, linkedTitle(paper)]);
  return [
    paragraph(entries.length > 0 && { text: `${title} (${entries.length})`, bold: true }),
    bulletList([...items, more > 0 && `and ${countOf(more, 'more paper')}`]),
  ];
};

const without = (entries: readonly DigestEntry[], others: readonly DigestEntry[]): DigestEntry[] => {
  const ids = new Set(others.map(({ paper }) => paper.id));
  return entries.filter(({ paper }) => !ids.has(paper.id));
};

/** True if the drafts come from the same engine. Otherwise, their scores differ for reasons other than the settings. */
const areComparable = (one: DigestDraft, other: DigestDraft): boolean => {
  const [ours, theirs] = [one, other].map(({ engines }) => new Set(engines.map(({ engine }) => engine)));
  if (!ours?.size || !theirs?.size) return true;
  return ours.symmetricDifference(theirs).size === 0 && (ours.size === 1 || one.rubric === other.rubric);
};

const previewDay = async (channel: Channel, { stores }: Context): Promise<IsoDate | undefined> => {
  const newest = await stores.digests.newest(channel.name);
  return newest ? newest.date : stores.announcements.newestDate(channel.categories);
};

const draftOf = async (channel: Channel, date: IsoDate, { services, signal }: Context, only?: 'local') => {
  try {
    return await services.draft(channel, date, signal, only);
  } catch (error) {
    if (error instanceof ExternalError) return undefined;
    throw error;
  }
};

type Comparison = { draft: DigestDraft; before: DigestDraft | undefined };

const compare = async (
  channel: Channel,
  wanted: Channel,
  date: IsoDate,
  context: Context,
): Promise<Comparison | undefined> => {
  const draft = await draftOf(wanted, date, context);
  if (!draft) return undefined;
  const before = (await context.stores.digests.find(channel.name, date)) ?? (await draftOf(channel, date, context));
  if (!before || areComparable(draft, before)) return { draft, before };
  const current = isOnlyBuiltIn(draft) ? undefined : await draftOf(channel, date, context);
  if (current && areComparable(draft, current)) return { draft, before: current };
  const rough = isOnlyBuiltIn(draft) ? draft : await draftOf(wanted, date, context, 'local');
  return rough && { draft: rough, before: await draftOf(channel, date, context, 'local') };
};

const scoredBy = ({ draft, before }: Comparison, isRough: boolean): string => {
  if (!isRough) return `${describeEngines(draft)}, at no cost.`;
  const lists = before ? 'Both lists are scored by the built-in scorer' : describeEngines(draft);
  return `${lists}, at no cost. The language model may pick other papers.`;
};

const withoutModel =
  'Cutoffs apply only to a language model’s scores. For fewer papers, lower the papers per day; for other papers, change the topics.';
const withoutScores =
  'Only the language model’s scores show what new cutoffs do, because the built-in scorer has no cutoffs.';

export const previewParts = async (channel: Channel, wanted: Channel, context: Context): Promise<Part> => [
  paragraph(!areCutoffsSame(channel, wanted) && context.services.model === undefined && withoutModel),
  await dayParts(channel, wanted, context),
];

const dayParts = async (channel: Channel, wanted: Channel, context: Context): Promise<Part> => {
  const date = await previewDay(channel, context);
  if (date === undefined) return paragraph('There is no day to preview yet. The next run makes the first digest.');
  const day = longDate(date);
  await context.progress(textMessage(`Previewing ${day} …`));
  const compared = await compare(channel, wanted, date, context);
  if (!compared) return paragraph(`There is no preview, because the papers of ${day} could not be read.`);
  const { draft, before } = compared;
  const { model } = context.services;
  // The channel's language model has not scored this day under these settings.
  const isRough = model !== undefined && isOnlyBuiltIn(draft);
  const [added, removed] = before
    ? [without(draft.entries, before.entries), without(before.entries, draft.entries)]
    : [draft.entries, []];
  const isSame = added.length === 0 && removed.length === 0;
  return [
    paragraph({ text: `Preview of ${day}: `, bold: true }, describeCounts(draft)),
    note(scoredBy(compared, isRough)),
    paragraph(!areCutoffsSame(channel, wanted) && isRough && withoutScores),
    paragraph(isSame && (isRough ? 'Both lists have the same papers.' : 'The same papers would be posted.')),
    listOf(added, before ? 'Added papers' : 'Papers'),
    listOf(removed, 'Removed papers'),
  ];
};

export const editedChannel = (
  channel: Channel,
  { topics, cutoffs, papersPerDay }: PendingTopics,
  { channels }: Pick<CommandContext, 'channels'>,
): Channel => {
  if (!topics.trim())
    throw new UserError('The topics are empty. Write what the channel reads, such as "1. Model compression".');
  return channels.preview(channel.name, {
    ...{ kind: 'topics', topics },
    ...{ cutoffs: readCutoffs(cutoffs), papersPerDay: readPapersPerDay(papersPerDay) },
  });
};

/** Forms return plain line ends. */
export const areTopicsSame = (one: Channel, other: Channel): boolean =>
  one.rubric.topics.replace(/\r\n?/g, '\n') === other.rubric.topics.replace(/\r\n?/g, '\n');

/** Title of a preview with other limits and the same topics. */
export const limitsTitle = (channel: Channel, wanted: Channel): string =>
  `Preview of ${channel.name} with ${wordList(changedLimits(channel, wanted))}`;

/**
 * Shows what a pending edit changes, with a preview and buttons to save, edit or discard it. If the edit is invalid,
 * says what is wrong.
 * @param notes Paragraphs to show first.
 */
export const viewPending = async (
  channel: Channel,
  pending: StoredTopics,
  context: CommandContext,
  notes: readonly string[] = [],
): Promise<Message> => {
  const id = String(pending.id);
  const discard = button('Discard', ['topics discard', id]);
  let wanted: Channel;
  try {
    wanted = editedChannel(channel, pending, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return message('Not saved yet', [
      paragraph(`${error.message} Your edit is kept.`),
      buttonRow(button('Edit', ['topics amend', id], 'primary'), discard),
    ]);
  }
  const hasSameTopics = areTopicsSame(channel, wanted);
  const areLimitsNew = !areLimitsSame(channel, wanted);
  if (hasSameTopics && !areLimitsNew) {
    await closePending(pending.id, context);
    return message('No changes', [
      paragraph(`Your edit changes nothing in ${channel.name}, so there is nothing to save.`),
      buttonRow(button('Edit', ['topics edit'])),
    ]);
  }
  const changes = lineChanges(channel.rubric.topics, wanted.rubric.topics);
  const limits = (before: Channel, after: Channel): string => wordList(changedLimits(before, after));
  const what = hasSameTopics ? limitsTitle(channel, wanted) : `Your edit to the topics of ${channel.name}`;
  const title = `${what}, not saved yet`;
  return message(title, [
    heading(title),
    notes.map((text) => paragraph(text)),
    paragraph(areLimitsNew && `New limits: ${limits(channel, wanted)}. Now: ${limits(wanted, channel)}.`),
    linesBlock(changes),
    paragraph(changes.length === 0 && !areLimitsNew && 'Only spaces and empty lines differ.'),
    !hasSameTopics && understoodParts(await context.services.understand(wanted)),
    await previewParts(channel, wanted, context),
    buttonRow(button('Save', ['topics save', id], 'primary'), button('Edit', ['topics amend', id]), discard),
  ]);
};
