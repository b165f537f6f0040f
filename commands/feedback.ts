import { type Command, defineCommand } from '../src/core/command.ts';
import {
  type Block,
  bulletList,
  button,
  buttonRow,
  heading,
  type Message,
  message,
  note,
  type Part,
  paragraph,
} from '../src/core/message.ts';
import { countOf } from '../src/core/paper.ts';
import type { LearnedFeedback, Taste, VoteFigures, VoteMeasure } from '../src/core/votes.ts';
import { momentText } from './shared/dates.ts';

const chartOf = (title: string, tastes: readonly Taste[], strongest: number): Block | undefined =>
  tastes.length === 0
    ? undefined
    : {
        type: 'chart',
        chart: {
          title,
          bars: tastes.map(({ words, strength, liked, disliked }) => ({
            label: words,
            value: Math.max(1, Math.round((100 * Math.abs(strength)) / strongest)),
            shown: `${liked} 👍 ${disliked} 👎`,
          })),
        },
      };

const figuresLine = (name: string, { auc, brier }: VoteFigures): string =>
  `${name}: AUC ${auc.toFixed(2)}, Brier score ${brier.toFixed(2)}`;

const measureParts = ({ predicted, votes, scores, rocchio }: VoteMeasure): Part => [
  paragraph(`How well the newest ${countOf(predicted, 'vote')} could be predicted before they were cast:`),
  bulletList([
    [figuresLine('By earlier votes', votes)],
    [figuresLine('By scores alone', scores)],
    [figuresLine('By similarity to liked papers (Rocchio)', rocchio)],
  ]),
  note('AUC: 1 is perfect, 0.5 is chance. Brier score: 0 is perfect, 0.25 is a coin toss.'),
];

const learnedParts = ({ votes, voters, bounds, liked, disliked, measure }: LearnedFeedback): Part => {
  const strongest = Math.max(...[...liked, ...disliked].map(({ strength }) => Math.abs(strength)), Number.MIN_VALUE);
  const people = voters === 1 ? 'one person' : `${voters} people`;
  return [
    paragraph(
      { text: `${countOf(votes, 'vote')} by ${people}. `, bold: true },
      `Votes move a paper up by at most ${bounds.up.toFixed(1)} points (of 20) and down by at most ${bounds.down.toFixed(1)}. Papers by followed authors stay on top.`,
    ),
    chartOf('Moves papers up', liked, strongest),
    chartOf('Moves papers down', disliked, strongest),
    paragraph(
      liked.length + disliked.length === 0 &&
        'No words stand out yet. That takes several papers on one subject with the same votes.',
    ),
    measure && measureParts(measure),
    note('Longer bars mean stronger effects. Newer votes count more, and everybody has the same influence.'),
  ];
};

const question = (channel: string, { votes }: LearnedFeedback): Message =>
  message(`Reset what Paperboy learned in ${channel}?`, [
    paragraph(
      `This resets what Paperboy learned from ${countOf(votes, 'vote')} in ${channel}. Papers are ordered by score alone until there are new votes; the votes stay on the papers.`,
    ),
    buttonRow(button('Reset', ['feedback', 'reset', 'confirmed'], 'danger'), button('Show feedback', ['feedback'])),
  ]);

const topButton = button('Newest papers', ['top']);

export const feedback: Command = defineCommand({
  name: 'feedback',
  summary: 'Show what Paperboy learned from votes; managers can reset it',
  examples: ['feedback', 'feedback reset'],
  options: {
    what: { type: 'word', values: ['reset'], description: 'reset what Paperboy learned, after you confirm' },
    confirmed: { type: 'word', isHidden: true, values: ['confirmed'], description: 'reset without asking' },
  },

  async run(context, { what, confirmed }) {
    const { services, stores, person, clock, signal } = context;
    const channel = await context.channel();
    const { name, timezone } = channel;
    if (what === 'reset') context.requireManager(channel);
    const learned = await services.feedback(channel, signal);
    if (what === 'reset' && learned.votes > 0) {
      if (!confirmed) return question(name, learned);
      const at = clock.now().toISOString();
      await stores.changes.add({ at, person, channel: name, action: 'feedback', value: {} });
      const done = `Feedback reset: ${countOf(learned.votes, 'vote')} no longer ${learned.votes === 1 ? 'counts' : 'count'} in ${name}.`;
      return message(done, [paragraph(`${done} New votes count from now on.`), buttonRow(topButton)]);
    }
    const since = note(
      learned.resetAt && `Votes before ${momentText(new Date(learned.resetAt), timezone)} do not count.`,
    );
    if (learned.votes === 0)
      return message(`No votes in ${name} yet`, [
        paragraph(
          `No votes in ${name} yet. React to papers with 👍 or 👎: from the next digest on, papers similar to those you liked rank higher.`,
        ),
        since,
        buttonRow(topButton),
      ]);
    return message(`Learned from ${countOf(learned.votes, 'vote')} in ${name}`, [
      heading(`Learned from your votes · ${name}`),
      learnedParts(learned),
      since,
      buttonRow(topButton, context.mayManage(channel) && button('Reset', ['feedback', 'reset'])),
    ]);
  },
});
