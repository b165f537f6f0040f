import { defineCommand } from '../../src/core/command.ts';
import type { Inline } from '../../src/core/message.ts';
import { button, buttonsBlock } from '../parts/buttons.ts';
import { cutoffsText } from '../parts/cutoffs.ts';
import { momentText } from '../parts/dates.ts';
import { markdownBlocks } from '../parts/markdown-blocks.ts';
import { personText } from '../parts/people.ts';
import { firstTopicsText } from '../parts/topics-origin.ts';
import { standingVersion, topicsVersions } from '../parts/topics-versions.ts';

export const showTopics = defineCommand({
  name: 'show',
  summary: 'what the channel reads, and its cutoffs',
  examples: ['topics show'],
  options: {},

  async run(context) {
    const channel = await context.channel();
    const { person, stores } = context;
    const { record } = standingVersion(await topicsVersions(channel.name, stores.changes)) ?? {};
    const first = record ? undefined : await firstTopicsText(channel, context);
    const untouched = first ? `They are ${first}.` : 'As in the config file; nobody has changed them in chat.';
    const since = record
      ? `Since ${momentText(new Date(record.at), channel.timezone)}, by ${personText(record.person, person)}.`
      : untouched;
    const sent: Inline[] = [`Papers are sent with ${cutoffsText(channel.cutoffs)}. ${since}`];
    return {
      summary: `Topics of ${channel.name}`,
      blocks: [
        { type: 'heading', text: `Topics of ${channel.name}` },
        { type: 'note', content: sent },
        ...markdownBlocks(channel.rubric.topics),
        ...buttonsBlock([
          ...(context.mayManage(channel) ? button('Edit', ['topics edit']) : []),
          ...(record ? button('History', ['topics history']) : []),
        ]),
      ],
      files: [{ name: 'topics.md', mediaType: 'text/markdown', text: channel.rubric.topics }],
    };
  },
});
