import { recapSpans } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { arxivTimeZone, dateIn } from '../src/core/dates.ts';
import { blocksOf, button, buttonRow } from '../src/core/message.ts';
import { readRecap, recapMessage } from '../src/digest/recap.ts';

export const recap = defineCommand({
  name: 'recap',
  summary: 'Show the best papers of the last week or month, by votes and scores',
  examples: ['recap', 'recap month'],
  aliases: [
    ['weekly recap', 'week'],
    ['monthly recap', 'month'],
    ['weekly', 'week'],
    ['monthly', 'month'],
  ],
  options: { span: { type: 'word', values: recapSpans, description: 'week (the default) or month' } },

  async run(context, { span = 'week' }) {
    const channel = await context.channel();
    const { stores } = context;
    const read = await readRecap(stores, channel, span, dateIn(context.clock.now(), arxivTimeZone));
    const answer = recapMessage(read);
    if (read.digests.length > 0) return answer;
    const newest = await stores.digests.newest(channel.name);
    const buttons = buttonRow(
      span === 'week' && button('Monthly recap', ['recap month']),
      newest ? button('Newest papers', ['top']) : button('Status', ['status']),
    );
    return { ...answer, blocks: blocksOf(answer.blocks, buttons) };
  },
});
