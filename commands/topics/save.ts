import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Message } from '../../src/core/message.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { cutoffsText, typedCutoffs } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { lineChanges } from '../shared/line-changes.ts';
import { personText } from '../shared/people.ts';
import { draftedChannel, linesBlock } from './draft-view.ts';
import { closeDraft, findDraft } from './drafts.ts';
import { fingerprint, firstTopicsText, standingVersion, topicsVersions } from './versions.ts';

/** Whoever saved or took back something last, as far as it is on record. */
const lastHand = async (channel: Channel, context: CommandContext): Promise<string> => {
  const { stores } = context;
  const versions = await topicsVersions(channel.name, stores.changes);
  const undone = new Set(versions.map(({ record }) => record.undoneBy));
  const undos = (await stores.changes.list(channel.name, 'undo')).filter(({ changeId }) => undone.has(changeId));
  const [last] = [...versions.map(({ record }) => record), ...undos].toSorted((a, b) => b.changeId - a.changeId);
  if (!last) return 'The topics were changed';
  const who = personText(last.person, context).replace(/^y/, 'Y');
  return `${who} changed the topics (${momentText(new Date(last.at), channel.timezone)})`;
};

const saved = (channel: Channel, summary: string): Message => ({
  summary,
  blocks: [
    {
      type: 'paragraph',
      content: [
        `${summary}. From the next run on ${channel.name} is sent papers with ${cutoffsText(channel.cutoffs)} under these topics.`,
      ],
    },
    ...buttonsBlock([
      ...button('Topics', ['topics show']),
      ...button('Take it back', ['topics undo']),
      ...button('Ask about the newest papers again', ['rescore']),
    ]),
  ],
});

/** What the button under a draft says. */
export const saveTopics = defineCommand({
  name: 'save',
  summary: 'saves a draft of the topics',
  examples: ['topics save 12'],
  rights: 'managers',
  isHidden: true,
  options: { draft: { type: 'integer', description: 'number of the draft', minimum: 0, maximum: 1e12 } },

  async run(context, { draft: draftId = 0 }) {
    const channel = await context.channel();
    const draft = await findDraft(channel, draftId, context);
    if (draft.base !== fingerprint(channel)) {
      const text = `Not saved: ${await lastHand(channel, context)} after you began, and saving yours would put that away. Look at yours again beside what is there now.`;
      return {
        summary: 'Not saved: the topics were changed meanwhile',
        blocks: [
          { type: 'paragraph', content: [text] },
          ...buttonsBlock([
            ...button('Look at it again', ['topics look', String(draftId)], 'primary'),
            ...button('Topics now', ['topics show']),
            ...button('Discard mine', ['topics discard', String(draftId)]),
          ]),
        ],
      };
    }
    const { rubric, cutoffs } = draftedChannel(channel, draft, context);
    // Before it is saved, so that a button that is pressed twice saves once.
    await closeDraft(draftId, context);
    const change = { kind: 'topics', topics: rubric.topics, cutoffs } as const;
    return saved(await context.channels.change(channel.name, change, context.person), 'Saved');
  },
});

/** Takes the newest edit back, whoever made it. */
export const undoTopics = defineCommand({
  name: 'undo',
  summary: 'take the newest edit of the topics back',
  examples: ['topics undo'],
  rights: 'managers',
  options: {},

  async run(context) {
    const { channels, person, stores } = context;
    const channel = await context.channel();
    const version = standingVersion(await topicsVersions(channel.name, stores.changes));
    const now = version && (await channels.undo(channel.name, 'topics', person));
    if (!version || !now) {
      const first = (await firstTopicsText(channel, context)) ?? 'those of the config file';
      throw new UserError(
        `There is nothing to take back: the topics of ${channel.name} are ${first}; type /arxiv topics edit to change them.`,
      );
    }
    const { record } = version;
    const when = momentText(new Date(record.at), channel.timezone);
    const areCutoffsSame = typedCutoffs(now.cutoffs) === typedCutoffs(channel.cutoffs);
    const cutoffs = `Papers are sent with ${cutoffsText(now.cutoffs)}${areCutoffsSame ? ', as before' : ' again'}.`;
    const text = `Taken back: the edit by ${personText(record.person, context)} of ${when}. ${cutoffs}`;
    return {
      summary: 'The newest edit of the topics is taken back',
      blocks: [
        { type: 'paragraph', content: [text] },
        ...linesBlock(lineChanges(channel.rubric.topics, now.rubric.topics)),
        ...buttonsBlock([
          ...button('Save it again', ['topics again', String(record.changeId)]),
          ...button('Topics', ['topics show']),
          ...button('History', ['topics history']),
        ]),
      ],
    };
  },
});

/** What the button says under an edit that was taken back. */
export const againTopics = defineCommand({
  name: 'again',
  summary: 'saves an edit of the topics that was taken back',
  examples: ['topics again 12'],
  rights: 'managers',
  isHidden: true,
  options: { version: { type: 'integer', description: 'number of the edit', minimum: 0, maximum: 1e12 } },

  async run(context, { version: wanted = 0 }) {
    const { channels, person, stores } = context;
    const channel = await context.channel();
    const versions = await topicsVersions(channel.name, stores.changes);
    const version = versions.find(({ record }) => record.changeId === wanted);
    if (!version) throw new UserError(`There is no edit ${wanted} of the topics; type /arxiv topics history for all.`);
    const { topics, cutoffs } = version;
    if (topics === channel.rubric.topics && typedCutoffs(cutoffs) === typedCutoffs(channel.cutoffs))
      throw new UserError('Those are the topics as they are; there is nothing to save.');
    return saved(await channels.change(channel.name, { kind: 'topics', topics, cutoffs }, person), 'Saved again');
  },
});
