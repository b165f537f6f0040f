import { defineCommand } from '../src/core/command.ts';
import { whenMessage, whenText } from './shared/dates.ts';
import { readSchedule, scheduleText } from './shared/schedule-words.ts';

export const schedule = defineCommand({
  name: 'schedule',
  summary: 'when the channel is sent its papers; managers change it',
  examples: [
    'schedule',
    'schedule 9:00',
    'schedule weekdays 9:00',
    'schedule mon,wed,fri 8:30',
    'schedule 0 9 * * 1-5',
  ],
  options: {
    when: {
      type: 'text',
      description: 'a time, with days before it if you like, or a cron expression',
      required: false,
    },
  },

  async run(context, { when }) {
    const channel = await context.channel();
    if (when === undefined) {
      const paused = channel.isPaused ? ' It is paused now.' : '';
      const text = `${channel.name} is sent its papers ${whenText(channel)}.${paused}`;
      const message = whenMessage(text, channel.isPaused);
      const how = 'To change it, type for example /arxiv schedule weekdays 8:30';
      return { ...message, blocks: [...message.blocks, { type: 'note', content: [how] }] };
    }
    context.requireManager(channel);
    const wanted = readSchedule(when, channel.schedule);
    if (wanted === channel.schedule) return whenMessage(`That is how it is: ${whenText(channel)}.`, channel.isPaused);
    const now = await context.channels.change(channel.name, { kind: 'schedule', schedule: wanted }, context.person);
    const before = `Before, it was ${scheduleText(channel.schedule)}.`;
    const paused = now.isPaused ? ' It is paused, so nothing comes before you resume it.' : '';
    return whenMessage(`From now on ${now.name} is sent its papers ${whenText(now)}. ${before}${paused}`, now.isPaused);
  },
});
