import type { Channel } from '../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { dayText } from '../src/core/dates.ts';
import {
  bulletList,
  button,
  buttonRow,
  heading,
  type Inline,
  message,
  type Part,
  paragraph,
} from '../src/core/message.ts';
import { mutedText } from '../src/core/mute.ts';
import { countOf, shorten } from '../src/core/paper.ts';
import { dollars } from '../src/core/score.ts';
import type { ChannelStatus } from '../src/core/services.ts';
import { momentText } from './shared/dates.ts';
import { channelsShown } from './shared/people.ts';

const summaryOf = (problems: number, isPaused: boolean): string =>
  `${isPaused ? 'paused, ' : ''}${problems === 0 ? 'no problems' : countOf(problems, 'problem')}`;

const maxMutedLength = 300;

const linesOf = (status: ChannelStatus, { timezone, isPaused, mute }: Channel): Inline[][] => {
  const { engine, budgetLeftUsd, lastRun, nextRun, prefilter, progress, waitsFor, batch } = status;
  const at = (iso: string): string => momentText(new Date(iso), timezone);
  const line = (name: string, text: string): Inline[] => [{ text: `${name}: `, bold: true }, text];
  const next = isPaused
    ? 'none while paused; managers can type /arxiv resume'
    : nextRun === undefined
      ? 'after the current run'
      : `${at(nextRun)} (${timezone})`;
  return [
    ...(progress ? [line('Now', `scoring, ${progress.scored} of ${progress.toScore} papers done`)] : []),
    ...(waitsFor === undefined ? [] : [line('Now', `waiting for ${waitsFor}, which is working on this channel`)]),
    ...(batch
      ? [line('Batch', `${countOf(batch.papers, 'paper')} at half price, sent ${at(batch.at)} (${timezone})`)]
      : []),
    line('Last run', lastRun ? `${at(lastRun.at)} (${timezone}) · ${lastRun.text}` : 'none yet'),
    line('Next run', next),
    line('Scored by', engine),
    ...(prefilter ? [line('Prefilter', `${prefilter.text} (${dayText(prefilter.date)})`)] : []),
    ...(mute.length > 0 ? [line('Muted', shorten(mutedText(mute), maxMutedLength))] : []),
    line('Budget left today', budgetLeftUsd === undefined ? 'not needed, scoring is free' : dollars(budgetLeftUsd)),
  ];
};

const statusOf = async (
  channel: Channel,
  services: CommandContext['services'],
): Promise<{ summary: string; parts: Part }> => {
  const status = await services.status(channel);
  const summary = `${channel.name}: ${summaryOf(status.complaints.length, channel.isPaused)}`;
  const problems = status.complaints.map(({ text, fix, since }): Inline[] => [
    { text, bold: true },
    ...(since === undefined ? [] : [` Since ${momentText(new Date(since), channel.timezone)}.`]),
    ...(fix === undefined ? [] : [` ${fix}`]),
  ]);
  return { summary, parts: [heading(summary), bulletList(problems), bulletList(linesOf(status, channel))] };
};

export const status = defineCommand({
  name: 'status',
  summary: 'Show the last and next run, the scorer, and any problems',
  examples: ['status'],
  aliases: ['health', 'ping', 'how are you', 'are you there'],
  options: {},

  async run(context) {
    const channels = await channelsShown(context);
    const found = await Promise.all(channels.map((channel) => statusOf(channel, context.services)));
    const isElsewhere = context.channels.list().length > 0;
    const none = isElsewhere ? 'Paperboy is running, but does not post here' : 'There is no channel yet';
    return message(found.map(({ summary }) => summary).join('; ') || none, [
      found.map(({ parts }) => parts),
      paragraph(found.length === 0 && `${none}. An admin can set ${isElsewhere ? 'it' : 'one'} up with /arxiv here.`),
      buttonRow(button('Stats', ['stats']), button('Newest papers', ['top'])),
    ]);
  },
});
