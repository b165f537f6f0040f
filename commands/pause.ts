import { defineCommand } from '../src/core/command.ts';
import { whenMessage, whenText } from './shared/schedule-words.ts';

export const pause = defineCommand({
  name: 'pause',
  summary: 'Pause posting here until somebody resumes it',
  examples: ['pause'],
  hints: ['stop', 'unsubscribe'],
  rights: 'managers',
  options: {},

  async run(context) {
    const { name, isPaused } = await context.channel();
    if (isPaused) return whenMessage(`${name} is already paused.`, true);
    await context.channels.change(name, { kind: 'pause', isPaused: true }, context.person);
    return whenMessage(
      `${name} is paused. Nothing is posted until somebody types /arxiv resume; commands and votes still work.`,
      true,
    );
  },
});

export const resume = defineCommand({
  name: 'resume',
  summary: 'Resume posting after a pause',
  examples: ['resume'],
  hints: ['start', 'unpause', 'subscribe'],
  rights: 'managers',
  options: {},

  async run(context) {
    const channel = await context.channel();
    if (!channel.isPaused) return whenMessage(`${channel.name} is not paused. It posts ${whenText(channel)}.`, false);
    const resumed = await context.channels.change(channel.name, { kind: 'pause', isPaused: false }, context.person);
    return whenMessage(`${resumed.name} is no longer paused. It posts ${whenText(resumed)}.`, false);
  },
});
