import { maxPapersPerDay } from '../../src/core/channel.ts';
import { defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { button, buttonRow, heading, message, note } from '../../src/core/message.ts';
import { areLimitsSame, cutoffsInput, readCutoffs } from '../shared/cutoffs.ts';
import { addPending, newestPending } from './pending.ts';
import { limitsTitle, previewParts, viewPending } from './preview.ts';
import { fingerprint } from './versions.ts';

const limitExamples = '/arxiv topics try 8 7 or /arxiv topics try papers 5';

export const tryTopics = defineCommand({
  name: 'try',
  summary: 'Preview the newest digest with your pending edit, or with other limits',
  examples: ['topics try', 'topics try 8 7', 'topics try papers 5'],
  options: {
    cutoffs: {
      type: 'text',
      description: 'cutoffs for relevance and novelty, such as 8 7; by default, your pending edit',
      required: false,
    },
    papers: {
      type: 'integer',
      keyword: 'papers',
      minimum: 1,
      maximum: maxPapersPerDay,
      description: 'how many papers a day the built-in scorer picks at most',
    },
  },

  async run(context, { cutoffs: input, papers }) {
    const channel = await context.channel();
    if (input === undefined && papers === undefined) {
      const pending = await newestPending(channel, context);
      if (!pending)
        throw new UserError(
          `You have no pending edit. To start one, type /arxiv topics edit. To preview other limits, type ${limitExamples}.`,
        );
      const isStale = pending.base !== fingerprint(channel);
      return viewPending(channel, pending, context, isStale ? ['The topics have changed since you started.'] : []);
    }
    const cutoffs = input === undefined ? channel.cutoffs : readCutoffs(input);
    const { topics } = channel.rubric;
    if (areLimitsSame(channel, { cutoffs, papersPerDay: papers }))
      throw new UserError(`${channel.name} already has these limits. To preview others, type ${limitExamples}.`);
    const wanted = context.channels.preview(channel.name, { kind: 'topics', topics, cutoffs, papersPerDay: papers });
    if (context.mayManage(channel)) {
      const papersPerDay = papers === undefined ? undefined : String(papers);
      const pending = { topics, cutoffs: cutoffsInput(cutoffs), papersPerDay, base: fingerprint(channel) };
      return viewPending(channel, await addPending(channel, pending, context), context);
    }
    const title = limitsTitle(channel, wanted);
    return message(title, [
      heading(title),
      await previewParts(channel, wanted, context),
      note('The channel’s managers and the admins can change this.'),
      buttonRow(button('Topics', ['topics show'])),
    ]);
  },
});
