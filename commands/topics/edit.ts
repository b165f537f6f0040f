import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonRow, message, paragraph } from '../../src/core/message.ts';
import { cutoffsInput } from '../shared/cutoffs.ts';
import { changeNumber, pendingStep } from '../shared/pending-step.ts';
import { topicsForm, topicsOfForm } from './form.ts';
import { addPending, closePending, findPending } from './pending.ts';
import { viewPending } from './preview.ts';
import { fingerprint } from './versions.ts';

const scorerOf = ({ services }: Pick<CommandContext, 'services'>) => (services.model === undefined ? 'local' : 'model');

export const editTopics = defineCommand({
  name: 'edit',
  summary: 'Edit the topics and cutoffs in a form, with a preview before you save',
  examples: ['topics edit'],
  rights: 'managers',
  options: {},

  async run(context) {
    const channel = await context.channel();
    const command = `topics check ${fingerprint(channel)}`;
    return { form: topicsForm(channel.rubric.topics, cutoffsInput(channel.cutoffs), command, scorerOf(context)) };
  },
});

export const checkTopics = defineCommand({
  name: 'check',
  summary: 'Preview an edit to the topics',
  examples: ['topics check v0123456789a'],
  rights: 'managers',
  isHidden: true,
  options: {
    draft: changeNumber('number of the pending edit'),
    base: { type: 'text', description: 'fingerprint of the topics before the edit', required: false },
  },

  async run(context, { draft: id, base = '' }) {
    const { fields } = context;
    const channel = await context.channel();
    if (fields.cutoffs === undefined) throw new UserError('Type /arxiv topics edit for a form with the topics.');
    const earlier = id === undefined ? undefined : await findPending(channel, id, context);
    const topics = topicsOfForm(fields, earlier?.topics ?? channel.rubric.topics);
    const current = fingerprint(channel);
    // The preview compares with the current topics, so the edit is now based on them.
    const pending = await addPending(channel, { topics, cutoffs: fields.cutoffs, base: current }, context);
    if (earlier) await closePending(earlier.id, context);
    const isStale = base !== '' && base !== current;
    return viewPending(
      channel,
      pending,
      context,
      isStale
        ? [
            'Somebody changed the topics while you were writing. This preview compares your edit with the current topics.',
          ]
        : [],
    );
  },
});

export const amendTopics = pendingStep('topics amend', 'Continue a pending edit to the topics', async (context, id) => {
  const channel = await context.channel();
  const { topics, cutoffs, base } = await findPending(channel, id, context);
  return { form: topicsForm(topics, cutoffs, `topics check ${id} ${base}`, scorerOf(context)) };
});

export const lookAtTopics = pendingStep(
  'topics look',
  'Preview a pending edit next to the current topics',
  async (context, id) => {
    const channel = await context.channel();
    const { topics, cutoffs } = await findPending(channel, id, context);
    const pending = await addPending(channel, { topics, cutoffs, base: fingerprint(channel) }, context);
    await closePending(id, context);
    return viewPending(channel, pending, context, ['Compared with the current topics.']);
  },
);

export const discardTopics = pendingStep(
  'topics discard',
  'Discard a pending edit to the topics',
  async (context, id) => {
    const channel = await context.channel();
    await findPending(channel, id, context);
    await closePending(id, context);
    return message('Discarded', [
      paragraph(`Your edit is discarded. The topics of ${channel.name} are unchanged.`),
      buttonRow(button('Edit', ['topics edit'])),
    ]);
  },
);
