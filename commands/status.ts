import type { Channel } from '../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { dollars } from '../src/core/price.ts';
import type { ChannelStatus } from '../src/core/services.ts';
import { dayText, momentText } from './shared/dates.ts';
import { channelIfAny } from './shared/people.ts';

/** "all is well", "paused; one thing is wrong": a pause is somebody's wish. */
const summaryOf = (wrong: number, isPaused: boolean): string => {
  const things = wrong === 1 ? 'one thing is wrong' : `${wrong} things are wrong`;
  if (wrong === 0) return isPaused ? 'paused; all else is well' : 'all is well';
  return isPaused ? `paused; ${things}` : things;
};

const linesOf = (status: ChannelStatus, { timezone, isPaused }: Channel): Inline[][] => {
  const { engine, budgetLeftUsd, lastRun, nextRun, prefilter, progress } = status;
  const at = (iso: string): string => momentText(new Date(iso), timezone);
  const line = (name: string, text: string): Inline[] => [{ text: `${name}: `, bold: true }, text];
  const next = isPaused
    ? 'none, it is paused; a manager starts it again with /arxiv resume'
    : nextRun === undefined
      ? 'after the one that is under way'
      : `${at(nextRun)} (${timezone})`;
  return [
    ...(progress ? [line('Now', `scoring, ${progress.scored} of ${progress.toScore} papers done`)] : []),
    line('Last run', lastRun ? `${at(lastRun.at)} (${timezone}) · ${lastRun.text}` : 'none yet'),
    line('Next run', next),
    line('Scored by', engine),
    ...(prefilter ? [line('Prefilter', `${prefilter.text} (${dayText(prefilter.date)})`)] : []),
    line('Left of today’s budget', budgetLeftUsd === undefined ? 'nothing is paid for' : dollars(budgetLeftUsd)),
  ];
};

const blocksOf = async (channel: Channel, services: CommandContext['services']): Promise<[string, Block[]]> => {
  const status = await services.status(channel);
  const wrong = status.complaints.length;
  const summary = summaryOf(wrong, channel.isPaused);
  const complaints = status.complaints.map(({ text, fix }): Inline[] => [
    { text, bold: true },
    ...(fix === undefined ? [] : [` ${fix}`]),
  ]);
  return [
    summary,
    [
      { type: 'heading', text: `${channel.name}: ${summary}` },
      ...(wrong > 0 ? [{ type: 'list' as const, ordered: false, items: complaints }] : []),
      { type: 'list', ordered: false, items: linesOf(status, channel) },
    ],
  ];
};

export const status = defineCommand({
  name: 'status',
  summary: 'last and next run, who scores, what is wrong and what to do',
  examples: ['status'],
  options: {},

  async run(context) {
    const here = await channelIfAny(context);
    const channels = here ? [here] : context.channels.list();
    const told = await Promise.all(channels.map((channel) => blocksOf(channel, context.services)));
    const summaries = told.map(([summary], index) => `${channels[index]?.name}: ${summary}`);
    const none: Block = { type: 'paragraph', content: ['There is no channel yet; /arxiv here makes one of a place.'] };
    return {
      summary: summaries.join('; ') || 'There is no channel yet',
      blocks: [
        ...(told.length > 0 ? told.flatMap(([, blocks]) => blocks) : [none]),
        {
          type: 'buttons',
          buttons: [
            { label: 'Numbers', command: 'stats' },
            { label: 'Newest papers', command: 'top' },
          ],
        },
      ],
    };
  },
});
