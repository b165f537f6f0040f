import { type Command, defineCommand } from '../src/core/command.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { countOf } from '../src/core/paper-text.ts';
import type { LearnedFeedback, Taste } from '../src/core/votes.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { momentText } from './shared/dates.ts';

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

const chartOf = (title: string, tastes: readonly Taste[], strongest: number): Block[] =>
  tastes.length === 0
    ? []
    : [
        {
          type: 'chart',
          chart: {
            title,
            bars: tastes.map(({ words, strength, liked, disliked }) => ({
              label: words,
              value: Math.max(1, Math.round((100 * Math.abs(strength)) / strongest)),
              shown: `${liked} 👍 ${disliked} 👎`,
            })),
          },
        },
      ];

const learnedBlocks = ({ votes, voters, bounds, liked, disliked }: LearnedFeedback): Block[] => {
  const strongest = Math.max(...[...liked, ...disliked].map(({ strength }) => Math.abs(strength)), Number.MIN_VALUE);
  const moved = `A paper that passes the cutoffs moves up by at most ${bounds.up.toFixed(1)} of 20 points or down by at most ${bounds.down.toFixed(1)}, and never above one by an author you follow.`;
  return [
    paragraph(
      { text: `${countOf(votes, 'vote')} of ${voters === 1 ? 'one person' : `${voters} people`}. `, bold: true },
      moved,
    ),
    ...chartOf('What brings a paper up', liked, strongest),
    ...chartOf('What takes a paper down', disliked, strongest),
    ...(liked.length + disliked.length === 0
      ? [paragraph('No word stands out yet; it takes papers on the same thing, voted the same way.')]
      : []),
    {
      type: 'note',
      content: ['The longer the bar, the more it counts. Newer votes count more, and each person counts alike.'],
    },
  ];
};

const question = (channel: string, { votes }: LearnedFeedback) => {
  const text = `This forgets what ${countOf(votes, 'vote')} taught ${channel}: papers are ordered by their scores alone until there are new votes. The votes themselves stay under the papers.`;
  return {
    summary: `Shall I forget what the votes in ${channel} taught?`,
    blocks: [
      paragraph(text),
      ...buttonsBlock([
        ...button('Forget it', ['feedback', 'reset', 'confirmed'], 'danger'),
        ...button('Look at it first', ['feedback']),
      ]),
    ],
  };
};

export const feedback: Command = defineCommand({
  name: 'feedback',
  summary: 'what votes taught about this channel; managers can reset it',
  examples: ['feedback', 'feedback reset'],
  options: {
    what: { type: 'word', values: ['reset'], description: 'reset: forget it; asks first' },
    confirmed: { type: 'word', isHidden: true, values: ['confirmed'], description: 'do it at once' },
  },

  async run(context, { what, confirmed }) {
    const { services, stores, person, clock, signal } = context;
    const channel = await context.channel();
    if (what === 'reset') context.requireManager(channel);
    const learned = await services.feedback(channel, signal);
    if (what === 'reset' && learned.votes > 0) {
      if (!confirmed) return question(channel.name, learned);
      const at = clock.now().toISOString();
      await stores.changes.add({ at, person, channel: channel.name, action: 'feedback', value: {} });
      const done = `Forgotten: what ${countOf(learned.votes, 'vote')} taught ${channel.name}.`;
      return {
        summary: done,
        blocks: [paragraph(`${done} New votes count from now on.`), ...buttonsBlock(button('Newest papers', ['top']))],
      };
    }
    const since = learned.resetAt
      ? [
          {
            type: 'note' as const,
            content: [`Votes before ${momentText(new Date(learned.resetAt), channel.timezone)} do not count.`],
          },
        ]
      : [];
    if (learned.votes === 0)
      return {
        summary: `Nothing learned in ${channel.name} yet`,
        blocks: [
          paragraph(
            `No votes count in ${channel.name} yet. React to papers with 👍 or 👎: from the next day on those like the ones you liked stand higher.`,
          ),
          ...since,
          ...buttonsBlock(button('Newest papers', ['top'])),
        ],
      };
    return {
      summary: `What ${countOf(learned.votes, 'vote')} taught ${channel.name}`,
      blocks: [
        { type: 'heading', text: `What your votes taught ${channel.name}` },
        ...learnedBlocks(learned),
        ...since,
        ...buttonsBlock([
          ...button('Newest papers', ['top']),
          ...(context.mayManage(channel) ? button('Reset', ['feedback', 'reset']) : []),
        ]),
      ],
    };
  },
});
