import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonRow, message, paragraph } from '../../src/core/message.ts';
import { cutoffsInput } from '../shared/cutoffs.ts';
import { changeNumber, pendingStep } from '../shared/pending-step.ts';
import { topicsForm, topicsOfForm } from './form.ts';
import { addPending, closePending, findPending, type PendingTopics } from './pending.ts';
import { viewPending } from './preview.ts';
import { fingerprint } from './versions.ts';

const formOf = (
  channel: Channel,
  { topics, cutoffs, papersPerDay = String(channel.papersPerDay) }: Omit<PendingTopics, 'base'>,
  command: string,
  { services }: Pick<CommandContext, 'services'>,
) => ({
  form: topicsForm(topics, { cutoffs, papersPerDay, top: channel.top, model: services.model }, command),
});

export const editTopics = defineCommand({
  name: 'edit',
  summary: 'Edit the topics and limits in a form, with a preview before you save',
  examples: ['topics edit'],
  rights: 'managers',
  options: {},

  async run(context) {
    const channel = await context.channel();
    const command = `topics check ${fingerprint(channel)}`;
    const current = { topics: channel.rubric.topics, cutoffs: cutoffsInput(channel.cutoffs) };
    return formOf(channel, current, command, context);
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
    if (fields.cutoffs === undefined && fields.papersPerDay === undefined)
      throw new UserError('The form is missing. Type /arxiv topics edit to open it.');
    const earlier = id === undefined ? undefined : await findPending(channel, id, context);
    const topics = topicsOfForm(fields, earlier?.topics ?? channel.rubric.topics);
    const current = fingerprint(channel);
    // The preview compares with the current topics, so the edit is now based on them.
    // A form has only the limits that apply.
    const cutoffs = fields.cutoffs ?? earlier?.cutoffs ?? cutoffsInput(channel.cutoffs);
    const papersPerDay = fields.papersPerDay ?? earlier?.papersPerDay;
    const pending = await addPending(channel, { topics, cutoffs, papersPerDay, base: current }, context);
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
  const pending = await findPending(channel, id, context);
  return formOf(channel, pending, `topics check ${id} ${pending.base}`, context);
});

export const lookAtTopics = pendingStep(
  'topics look',
  'Preview a pending edit next to the current topics',
  async (context, id) => {
    const channel = await context.channel();
    const { topics, cutoffs, papersPerDay } = await findPending(channel, id, context);
    const base = fingerprint(channel);
    const pending = await addPending(channel, { topics, cutoffs, papersPerDay, base }, context);
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
      paragraph(`Nothing was saved. The topics and limits of ${channel.name} are unchanged.`),
      buttonRow(button('Edit', ['topics edit'])),
    ]);
  },
);
