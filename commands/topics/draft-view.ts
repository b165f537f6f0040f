import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import type { CommandContext } from '../../src/core/command.ts';
import type { DigestDraft, DigestEntry } from '../../src/core/digest.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { type Block, type Inline, type Message, textMessage } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { countOf, linkedTitle, shorten } from '../../src/core/paper-text.ts';
import { describeCounts, describeEngines } from '../../src/digest/text.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { cutoffsText, readCutoffs, typedCutoffs } from '../shared/cutoffs.ts';
import { type LineChange, lineChanges } from '../shared/line-changes.ts';
import { scoreText } from '../shared/paper-lines.ts';
import { closeDraft, type StoredDraft, type TopicsDraft } from './drafts.ts';

type Parts = Pick<CommandContext, 'stores' | 'services' | 'progress' | 'signal'>;

const maxListed = 8;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

const listOf = (entries: readonly DigestEntry[], title: string): Block[] => {
  if (entries.length === 0) return [];
  const more = entries.length - maxListed;
  const items = entries
    .slice(0, maxListed)
    .map(({ paper, score }): Inline[] => [`${scoreText(score)}  `, linkedTitle(paper)]);
  return [
    paragraph({ text: `${title} (${entries.length})`, bold: true }),
    { type: 'list', ordered: false, items: more > 0 ? [...items, [`and ${countOf(more, 'more paper')}`]] : items },
  ];
};

const without = (entries: readonly DigestEntry[], others: readonly DigestEntry[]): DigestEntry[] => {
  const ids = new Set(others.map(({ paper }) => paper.id));
  return entries.filter(({ paper }) => !ids.has(paper.id));
};

const isLocal = ({ engines }: DigestDraft): boolean =>
  engines.length > 0 && engines.every(({ engine }) => engine === 'local');

/** True where scores of two drafts may be held against each other; those of two engines differ for more than one reason. */
const areAlike = (one: DigestDraft, other: DigestDraft): boolean => {
  const [ours, theirs] = [one, other].map(({ engines }) => new Set(engines.map(({ engine }) => engine)));
  if (!ours?.size || !theirs?.size) return true;
  return ours.symmetricDifference(theirs).size === 0 && (ours.size === 1 || one.rubric === other.rubric);
};

/** The day that is tried out: that of the newest digest, else the newest of which everything is stored. */
const lastDay = async (channel: Channel, { stores }: Parts): Promise<IsoDate | undefined> => {
  const newest = await stores.digests.newest(channel.name);
  return newest ? newest.date : stores.announcements.newestDate(channel.categories);
};

const draftOf = async (channel: Channel, date: IsoDate, { services, signal }: Parts, only?: 'local') => {
  try {
    return await services.draft(channel, date, signal, only);
  } catch (error) {
    if (error instanceof ExternalError) return undefined;
    throw error;
  }
};

type Comparison = { draft: DigestDraft; before: DigestDraft | undefined };

/** The day as it would be beside what was sent, or, where another engine read that, beside the day as it is read alike. */
const compare = async (
  channel: Channel,
  wanted: Channel,
  date: IsoDate,
  parts: Parts,
): Promise<Comparison | undefined> => {
  const draft = await draftOf(wanted, date, parts);
  if (!draft) return undefined;
  const before = (await parts.stores.digests.find(channel.name, date)) ?? (await draftOf(channel, date, parts));
  if (!before || areAlike(draft, before)) return { draft, before };
  const again = isLocal(draft) ? undefined : await draftOf(channel, date, parts);
  if (again && areAlike(draft, again)) return { draft, before: again };
  const rough = isLocal(draft) ? draft : await draftOf(wanted, date, parts, 'local');
  return rough && { draft: rough, before: await draftOf(channel, date, parts, 'local') };
};

/** Who read, in one line. */
const readBy = ({ draft, before }: Comparison, isRough: boolean): string => {
  if (!isRough) return `${describeEngines(draft)}, at no cost.`;
  const lists = before ? 'Both lists by the built-in scorer' : describeEngines(draft);
  return `${lists}, at no cost; the language model will judge finer.`;
};

/** What cutoffs do to a day that the built-in scorer read: next to nothing, since its scores are dealt out around them. */
const cutoffsNote = (model: string | undefined): string =>
  model === undefined
    ? 'With the built-in scorer cutoffs change little: it deals its scores out so that about as many papers pass whatever they are. For fewer papers set top in the config file; for others change the topics.'
    : 'What the new cutoffs do shows only in the language model’s scores: the built-in scorer deals its own out so that about as many papers pass whatever they are.';

/**
 * What the last day would have been under other settings: how many papers, which come in and which go.
 *
 * @param channel As it is.
 * @param wanted As it would be.
 */
export const wouldBe = async (channel: Channel, wanted: Channel, parts: Parts): Promise<Block[]> => {
  const date = await lastDay(channel, parts);
  if (date === undefined)
    return [paragraph('There is no day yet to try this on; the first one comes with the next run.')];
  const day = longDate(date);
  await parts.progress(textMessage(`Looking at what ${day} would have been …`));
  const compared = await compare(channel, wanted, date, parts);
  if (!compared) return [paragraph(`I could not look at ${day} now, so I cannot say what it would have been.`)];
  const { draft, before } = compared;
  const { model } = parts.services;
  /** A model is to read such days, and has not read this one. */
  const isRough = model !== undefined && isLocal(draft);
  const [added, gone] = before
    ? [without(draft.entries, before.entries), without(before.entries, draft.entries)]
    : [draft.entries, []];
  const isSame = added.length === 0 && gone.length === 0;
  const areCutoffsNew = typedCutoffs(channel.cutoffs) !== typedCutoffs(wanted.cutoffs);
  return [
    paragraph({ text: `${day} would have been: `, bold: true }, describeCounts(draft)),
    { type: 'note', content: [readBy(compared, isRough)] },
    ...(areCutoffsNew && isLocal(draft) ? [paragraph(cutoffsNote(model))] : []),
    ...(isSame
      ? [paragraph(isRough ? 'Both lists have the same papers.' : 'The same papers would have been posted.')]
      : []),
    ...listOf(added, before ? 'Papers that come in' : 'Papers'),
    ...listOf(gone, 'Papers that go'),
  ];
};

const maxLines = 20;
const maxLineLength = 120;

const signs = { added: '+', removed: '−' } as const;

/** Lines that were added and removed, at most twenty if nothing else is said. */
export const linesBlock = (changes: readonly LineChange[], most = maxLines): Block[] => {
  if (changes.length === 0) return [];
  const shown = changes.slice(0, most).map(({ kind, line }) => `${signs[kind]} ${shorten(line, maxLineLength)}`);
  const more = changes.length - most;
  return [{ type: 'code', text: [...shown, ...(more > 0 ? [`and ${countOf(more, 'more line')}`] : [])].join('\n') }];
};

/** "1 line added, 2 lines removed". */
export const lineCounts = (changes: readonly LineChange[]): string => {
  const added = changes.filter(({ kind }) => kind === 'added').length;
  const removed = changes.length - added;
  const parts = [
    ...(added > 0 ? [`${countOf(added, 'line')} added`] : []),
    ...(removed > 0 ? [`${countOf(removed, 'line')} removed`] : []),
  ];
  return parts.join(', ');
};

/** The channel as it would be under a draft. @throws UserError where it cannot be, with what to write instead. */
export const draftedChannel = (
  channel: Channel,
  draft: TopicsDraft,
  { channels }: Pick<CommandContext, 'channels'>,
) => {
  if (!draft.topics.trim())
    throw new UserError('The topics are empty; write what the channel reads, such as "1. Model compression".');
  const cutoffs = readCutoffs(draft.cutoffs);
  return channels.preview(channel.name, { kind: 'topics', topics: draft.topics, cutoffs });
};

/** True where a draft changes nothing. */
const isSame = (channel: Channel, wanted: Channel): boolean =>
  channel.rubric.topics.replace(/\r\n?/g, '\n') === wanted.rubric.topics &&
  typedCutoffs(channel.cutoffs) === typedCutoffs(wanted.cutoffs);

const wrong = (draft: StoredDraft, problem: string): Message => ({
  summary: 'Not saved yet',
  blocks: [
    { type: 'paragraph', content: [`${problem} What you wrote is kept.`] },
    ...buttonsBlock([
      ...button('Change it', ['topics amend', String(draft.draftId)], 'primary'),
      ...button('Discard', ['topics discard', String(draft.draftId)]),
    ]),
  ],
});

/**
 * What a draft changes and what the last day would have been under it, with buttons to save and discard it. What is wrong
 * in it is said with a button to change it.
 *
 * @param notes What to know of it before that.
 */
export const viewDraft = async (
  channel: Channel,
  draft: StoredDraft,
  context: CommandContext,
  notes: readonly string[] = [],
): Promise<Message> => {
  let wanted: Channel;
  try {
    wanted = draftedChannel(channel, draft, context);
  } catch (error) {
    if (error instanceof UserError) return wrong(draft, error.message);
    throw error;
  }
  const id = String(draft.draftId);
  if (isSame(channel, wanted)) {
    await closeDraft(draft.draftId, context);
    return {
      summary: 'Nothing is different',
      blocks: [
        { type: 'paragraph', content: [`That is what ${channel.name} has already; there is nothing to save.`] },
        ...buttonsBlock(button('Edit', ['topics edit'])),
      ],
    };
  }
  const changes = lineChanges(channel.rubric.topics, wanted.rubric.topics);
  const areCutoffsNew = typedCutoffs(channel.cutoffs) !== typedCutoffs(wanted.cutoffs);
  const cutoffs = `Papers would be sent with ${cutoffsText(wanted.cutoffs)}; now it is ${cutoffsText(channel.cutoffs)}.`;
  const blanks = 'Only blanks and empty lines of the text are different.';
  return {
    summary: `Your edit of ${channel.name}’s topics, not saved yet`,
    blocks: [
      { type: 'heading', text: `Your edit of ${channel.name}’s topics, not saved yet` },
      ...notes.map((note): Block => ({ type: 'paragraph', content: [note] })),
      ...(areCutoffsNew ? [{ type: 'paragraph' as const, content: [cutoffs] }] : []),
      ...linesBlock(changes),
      ...(changes.length === 0 && !areCutoffsNew ? [{ type: 'paragraph' as const, content: [blanks] }] : []),
      ...(await wouldBe(channel, wanted, context)),
      ...buttonsBlock([
        ...button('Save', ['topics save', id], 'primary'),
        ...button('Change it', ['topics amend', id]),
        ...button('Discard', ['topics discard', id]),
      ]),
    ],
  };
};
