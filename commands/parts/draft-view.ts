import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Block, Message } from '../../src/core/message.ts';
import { countOf, shorten } from '../../src/core/paper-text.ts';
import { button, buttonsBlock } from './buttons.ts';
import { cutoffsText, readCutoffs, typedCutoffs } from './cutoffs.ts';
import { type LineChange, lineChanges } from './line-changes.ts';
import { closeDraft, type StoredDraft, type TopicsDraft } from './topic-drafts.ts';
import { wouldBe } from './would-be.ts';

const mostLines = 20;
const longestLine = 120;

const signs = { added: '+', removed: '−' } as const;

/** Lines that were added and removed, at most twenty if nothing else is said. */
export const linesBlock = (changes: readonly LineChange[], most = mostLines): Block[] => {
  if (changes.length === 0) return [];
  const shown = changes.slice(0, most).map(({ kind, line }) => `${signs[kind]} ${shorten(line, longestLine)}`);
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
