import { defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { viewDraft } from './draft-view.ts';
import { addDraft, closeDraft, findDraft } from './drafts.ts';
import { topicsOfForm } from './form.ts';
import { fingerprint } from './versions.ts';

const draftOption = { type: 'integer', description: 'number of the draft', minimum: 0, maximum: 1e12 } as const;

const changedMeanwhile = 'Somebody changed the topics while you wrote; this compares with what they are now.';

/** What the form of the topics says: keeps what was written as a draft and shows what it would change. */
export const checkTopics = defineCommand({
  name: 'check',
  summary: 'shows what an edit of the topics would change',
  examples: ['topics check v0123456789a'],
  rights: 'managers',
  isHidden: true,
  options: {
    draft: draftOption,
    base: { type: 'text', description: 'what was edited', required: false },
  },

  async run(context, { draft: draftId, base = '' }) {
    const { fields } = context;
    const channel = await context.channel();
    if (fields.cutoffs === undefined) throw new UserError('Type /arxiv topics edit for a form with the topics.');
    const earlier = draftId === undefined ? undefined : await findDraft(channel, draftId, context);
    const topics = topicsOfForm(fields, earlier?.topics ?? channel.rubric.topics);
    const now = fingerprint(channel);
    // The reader is told here, and compares with what is there now: from then on that is what the draft is an edit of.
    const draft = await addDraft(channel, { topics, cutoffs: fields.cutoffs, base: now }, context);
    if (earlier) await closeDraft(earlier.draftId, context);
    return viewDraft(channel, draft, context, base !== '' && base !== now ? [changedMeanwhile] : []);
  },
});

/** What the button says under a draft that is older than the topics. */
export const lookAtTopics = defineCommand({
  name: 'look',
  summary: 'compares a draft with the topics as they are now',
  examples: ['topics look 12'],
  rights: 'managers',
  isHidden: true,
  options: { draft: draftOption },

  async run(context, { draft: draftId = 0 }) {
    const channel = await context.channel();
    const { topics, cutoffs } = await findDraft(channel, draftId, context);
    const draft = await addDraft(channel, { topics, cutoffs, base: fingerprint(channel) }, context);
    await closeDraft(draftId, context);
    return viewDraft(channel, draft, context, ['Compared with the topics as they are now.']);
  },
});

/** What the button under a draft says. */
export const discardTopics = defineCommand({
  name: 'discard',
  summary: 'puts a draft of the topics away',
  examples: ['topics discard 12'],
  rights: 'managers',
  isHidden: true,
  options: { draft: draftOption },

  async run(context, { draft: draftId = 0 }) {
    const channel = await context.channel();
    await findDraft(channel, draftId, context);
    await closeDraft(draftId, context);
    return {
      summary: 'Discarded',
      blocks: [
        { type: 'paragraph', content: [`Discarded; the topics of ${channel.name} are as they were.`] },
        { type: 'buttons', buttons: [{ label: 'Edit', command: 'topics edit' }] },
      ],
    };
  },
});
