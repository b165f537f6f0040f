import { recapSpans } from '../src/core/channel.ts';
import { arxivTimeZone, dateIn } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import { readRecap, recapMessage } from '../src/digest/recap.ts';
import { button, buttonsBlock } from './shared/buttons.ts';

export const recap = defineCommand({
  name: 'recap',
  summary: 'the best by votes and scores of the last week or month',
  examples: ['recap', 'recap month'],
  options: { span: { type: 'word', values: recapSpans, description: 'week if you do not say, or month' } },

  async run(context, { span = 'week' }) {
    const channel = await context.channel();
    const { stores } = context;
    const read = await readRecap(stores, channel, span, dateIn(context.clock.now(), arxivTimeZone));
    const message = recapMessage(read);
    if (read.digests.length > 0) return message;
    const newest = await stores.digests.newest(channel.name);
    const [label, words] = newest
      ? (['The newest day', ['top']] as const)
      : (['What am I doing?', ['status']] as const);
    return {
      ...message,
      blocks: [
        ...message.blocks,
        ...buttonsBlock([
          ...(span === 'week' ? button('The last month', ['recap month']) : []),
          ...button(label, words),
        ]),
      ],
    };
  },
});
