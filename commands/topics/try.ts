import { defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonRow, heading, message, note } from '../../src/core/message.ts';
import { cutoffsInput, cutoffsText, readCutoffs } from '../shared/cutoffs.ts';
import { addPending, newestPending } from './pending.ts';
import { previewParts, viewPending } from './preview.ts';
import { fingerprint } from './versions.ts';

export const tryTopics = defineCommand({
  name: 'try',
  summary: 'Preview the newest digest with your pending edit, or with other cutoffs',
  examples: ['topics try', 'topics try 8 7'],
  options: {
    cutoffs: {
      type: 'text',
      description: 'cutoffs for relevance and novelty, such as 8 7; by default, your pending edit',
      required: false,
    },
  },

  async run(context, { cutoffs: input }) {
    const channel = await context.channel();
    if (input === undefined) {
      const pending = await newestPending(channel, context);
      if (!pending)
        throw new UserError(
          'You have no pending edit. Type /arxiv topics edit to start one, or /arxiv topics try 8 7 for other cutoffs.',
        );
      const isStale = pending.base !== fingerprint(channel);
      return viewPending(channel, pending, context, isStale ? ['The topics have changed since you started.'] : []);
    }
    const cutoffs = readCutoffs(input);
    const { topics } = channel.rubric;
    if (cutoffsInput(cutoffs) === cutoffsInput(channel.cutoffs))
      throw new UserError(`${channel.name} already has these cutoffs. Try others, such as /arxiv topics try 8 7.`);
    if (context.mayManage(channel)) {
      const pending = { topics, cutoffs: cutoffsInput(cutoffs), base: fingerprint(channel) };
      return viewPending(channel, await addPending(channel, pending, context), context);
    }
    const wanted = context.channels.preview(channel.name, { kind: 'topics', topics, cutoffs });
    const title = `Preview with ${cutoffsText(cutoffs)}`;
    return message(title, [
      heading(title),
      await previewParts(channel, wanted, context),
      note('The channel’s managers and the admins can change the cutoffs.'),
      buttonRow(button('Topics', ['topics show'])),
    ]);
  },
});
