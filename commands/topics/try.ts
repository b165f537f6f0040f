import { defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { cutoffsText, readCutoffs, typedCutoffs } from '../shared/cutoffs.ts';
import { viewDraft, wouldBe } from './draft-view.ts';
import { addDraft, newestDraft } from './drafts.ts';
import { fingerprint } from './versions.ts';

export const tryTopics = defineCommand({
  name: 'try',
  summary: 'what the last day would have been under your edit, or under other cutoffs',
  examples: ['topics try', 'topics try 8 7'],
  options: {
    cutoffs: {
      type: 'text',
      description: 'relevance and novelty, such as 8 7; your newest edit if you do not say',
      required: false,
    },
  },

  async run(context, { cutoffs: written }) {
    const channel = await context.channel();
    if (written === undefined) {
      const draft = await newestDraft(channel, context);
      if (!draft)
        throw new UserError(
          'You have no edit that is not saved; type /arxiv topics try 8 7 for other cutoffs, or /arxiv topics edit.',
        );
      const isOld = draft.base !== fingerprint(channel);
      return viewDraft(channel, draft, context, isOld ? ['The topics were changed after you began.'] : []);
    }
    const cutoffs = readCutoffs(written);
    const { topics } = channel.rubric;
    if (typedCutoffs(cutoffs) === typedCutoffs(channel.cutoffs))
      throw new UserError(`${channel.name} has these cutoffs already; try others, such as /arxiv topics try 8 7.`);
    if (context.mayManage(channel)) {
      const draft = { topics, cutoffs: typedCutoffs(cutoffs), base: fingerprint(channel) };
      return viewDraft(channel, await addDraft(channel, draft, context), context);
    }
    const wanted = context.channels.preview(channel.name, { kind: 'topics', topics, cutoffs });
    return {
      summary: `The last day with ${cutoffsText(cutoffs)}`,
      blocks: [
        { type: 'heading', text: `The last day with ${cutoffsText(cutoffs)}` },
        ...(await wouldBe(channel, wanted, context)),
        { type: 'note', content: ['The channel’s managers and the admins can change the cutoffs.'] },
        ...buttonsBlock(button('Topics', ['topics show'])),
      ],
    };
  },
});
