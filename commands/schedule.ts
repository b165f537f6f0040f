import { defineCommand } from '../src/core/command.ts';
import { readSchedule, scheduleText, whenMessage, whenText } from './shared/schedule-words.ts';

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
    when: {
      type: 'text',
      description: 'days and a time, such as mon,wed 9:00; a time alone keeps the days; or a cron expression',
      required: false,
    },
  },

  async run(context, { when }) {
    const channel = await context.channel();
    const { name, isPaused } = channel;
    if (when === undefined) {
      const text = `${name} posts ${whenText(channel)}.${isPaused ? ' It is paused.' : ''}`;
      return whenMessage(text, isPaused, 'To change it, type a command such as /arxiv schedule weekdays 8:30');
    }
    context.requireManager(channel);
    const wanted = readSchedule(when, channel.schedule);
    if (wanted === channel.schedule) return whenMessage(`${name} already posts ${whenText(channel)}.`, isPaused);
    const changed = await context.channels.change(name, { kind: 'schedule', schedule: wanted }, context.person);
    const before = `It used to post ${scheduleText(channel.schedule)}.`;
    const paused = changed.isPaused ? ' It is paused, so nothing is posted until somebody resumes it.' : '';
    return whenMessage(`${name} now posts ${whenText(changed)}. ${before}${paused}`, changed.isPaused);
  },
});
