import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { button, buttonRow, type Message, message, paragraph } from '../src/core/message.ts';
import { readSchedule, scheduleText, whenMessage, whenText } from './shared/schedule-words.ts';

const question = (channel: Channel, wanted: Channel): Message => {
  const { name } = channel;
  const title = `Change when ${name} posts?`;
  return message(title, [
    paragraph({ text: `${title} `, bold: true }, `Now: ${whenText(channel)}. New: ${whenText(wanted)}.`),
    buttonRow(button('Change', ['schedule', 'confirmed', wanted.schedule], 'primary'), button('Keep', ['schedule'])),
  ]);
};

export const schedule = defineCommand({
  name: 'schedule',
  summary: 'Show when the channel posts; managers can change it',
  examples: [
    'schedule',
    'schedule 9:00',
    'schedule weekdays 9:00',
    'schedule mon,wed,fri 8:30',
    'schedule 0 9 * * 1-5',
  ],
  options: {
    confirmed: {
      type: 'word',
      isHidden: true,
      values: ['confirmed'],
      description: 'change the schedule without asking',
    },
    when: {
      type: 'text',
      description: 'days and a time, such as mon,wed 9:00; a time alone keeps the days; or a cron expression',
      required: false,
    },
  },

  async run(context, { when, confirmed }) {
    const channel = await context.channel();
    const { name, isPaused } = channel;
    if (when === undefined) {
      const text = `${name} posts ${whenText(channel)}.${isPaused ? ' It is paused.' : ''}`;
      return whenMessage(text, isPaused, 'To change it, type a command such as /arxiv schedule weekdays 8:30');
    }
    context.requireManager(channel);
    const wanted = readSchedule(when, channel.schedule);
    if (wanted === channel.schedule) return whenMessage(`${name} already posts ${whenText(channel)}.`, isPaused);
    if (!confirmed) return question(channel, context.channels.preview(name, { kind: 'schedule', schedule: wanted }));
    const changed = await context.channels.change(name, { kind: 'schedule', schedule: wanted }, context.person);
    const before = `It used to post ${scheduleText(channel.schedule)}.`;
    const paused = changed.isPaused ? ' It is paused, so nothing is posted until somebody resumes it.' : '';
    return whenMessage(`${name} now posts ${whenText(changed)}. ${before}${paused}`, changed.isPaused);
  },
});
