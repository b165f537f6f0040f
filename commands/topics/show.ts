import { defineCommand } from '../../src/core/command.ts';
import { button, buttonRow, heading, message, note } from '../../src/core/message.ts';
import { limitsText } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { understoodParts } from '../shared/understood.ts';
import { expansionText } from './expanded.ts';
import { topicsBlocks } from './markdown.ts';
import { currentVersion, firstTopicsText, topicsVersions } from './versions.ts';

export const showTopics = defineCommand({
  name: 'show',
  summary: 'Show the topics and limits of the channel',
  examples: ['topics show'],
  aliases: ['topics', 'my topics', 'our topics'],
  options: {},

  async run(context) {
    const channel = await context.channel();
    const { change } = currentVersion(await topicsVersions(channel.name, context.stores.changes)) ?? {};
    const origin = change
      ? `Last edited by ${personText(change.person, context)} (${momentText(new Date(change.at), channel.timezone)}).`
      : `The topics are ${await firstTopicsText(channel, context)}.`;
    const title = `Topics of ${channel.name}`;
    const parts = [
      heading(title),
      note(`${channel.name} posts ${limitsText(channel, context.services.model)}. ${origin}`),
      topicsBlocks(channel.rubric.topics),
      understoodParts(await context.services.understand(channel)),
      note(await expansionText(channel, context)),
      buttonRow(
        context.mayManage(channel) && button('Edit', ['topics edit']),
        channel.rubric.expansion !== undefined && button('Expanded topics', ['topics expanded']),
        change && button('History', ['topics history']),
      ),
    ];
    return message(title, parts, {
      files: [{ name: 'topics.md', mediaType: 'text/markdown', text: channel.rubric.topics }],
    });
  },
});
