import { defineCommand } from '../src/core/command.ts';
import { whenMessage, whenText } from './shared/dates.ts';

export const pause = defineCommand({
  name: 'pause',
  summary: 'stop posting here until somebody resumes it',
  examples: ['pause'],
  rights: 'managers',
  options: {},

  async run(context) {
    const channel = await context.channel();
    if (channel.isPaused) return whenMessage(`${channel.name} is paused already.`, true);
    await context.channels.change(channel.name, { kind: 'pause', isPaused: true }, context.person);
    return whenMessage(
      `${channel.name} is paused: nothing is posted before somebody types /arxiv resume. Commands and votes go on as before.`,
      true,
    );
  },
});

export const resume = defineCommand({
  name: 'resume',
  summary: 'go on posting after a pause',
  examples: ['resume'],
  rights: 'managers',
  options: {},

  async run(context) {
    const channel = await context.channel();
    if (!channel.isPaused)
      return whenMessage(`${channel.name} is not paused; it is sent its papers ${whenText(channel)}.`, false);
    const now = await context.channels.change(channel.name, { kind: 'pause', isPaused: false }, context.person);
    return whenMessage(`${now.name} goes on: it is sent its papers ${whenText(now)}.`, false);
  },
});
