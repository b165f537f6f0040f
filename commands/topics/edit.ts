import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { typedCutoffs } from '../shared/cutoffs.ts';
import { findDraft } from './drafts.ts';
import { topicsForm } from './form.ts';
import { fingerprint } from './versions.ts';

const readerOf = ({ services }: Pick<CommandContext, 'services'>) => (services.model === undefined ? 'local' : 'model');

export const editTopics = defineCommand({
  name: 'edit',
  summary: 'edit the topics and cutoffs in a form; you see what it changes before it is saved',
  examples: ['topics edit'],
  rights: 'managers',
  options: {},

  async run(context) {
    const channel = await context.channel();
    const command = `topics check ${fingerprint(channel)}`;
    return { form: topicsForm(channel.rubric.topics, typedCutoffs(channel.cutoffs), command, readerOf(context)) };
  },
});

/** What the button under a draft says, to go on editing it. */
export const amendTopics = defineCommand({
  name: 'amend',
  summary: 'goes on editing a draft of the topics',
  examples: ['topics amend 12'],
  rights: 'managers',
  isHidden: true,
  options: { draft: { type: 'integer', description: 'number of the draft', minimum: 0, maximum: 1e12 } },

  async run(context, { draft: draftId = 0 }) {
    const channel = await context.channel();
    const { topics, cutoffs, base } = await findDraft(channel, draftId, context);
    return { form: topicsForm(topics, cutoffs, `topics check ${draftId} ${base}`, readerOf(context)) };
  },
});
