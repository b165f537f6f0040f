import { longDate } from '../core/clock.ts';
import { dateFormat } from '../core/dates.ts';
import type { DigestDraft, DigestEntry } from '../core/digest.ts';
import type { Block, Inline, Message } from '../core/message.ts';
import type { IsoDate } from '../core/paper.ts';
import { authorsLine, countOf, isSamplePaper, linkedTitle, paperLinks, shorten } from '../core/paper-text.ts';
import { totalScore } from '../core/score.ts';
import { scoreOrder } from './best-order.ts';
import {
  byTopic,
  describeAuthorCheck,
  describeCost,
  describeCounts,
  describeEngines,
  describeMatches,
  describeNudge,
  describeOrder,
  describeRemedial,
} from './text.ts';

/** Slack takes 3,000 characters in a text; the abstract is the longest that a paper has. */
const abstractLength = 2_600;

const scoreText = ({ relevance, novelty }: DigestEntry['score']): string => `${relevance} + ${novelty}`;

/** A header has room for this many titles; longer lists than `fullTitles` are shown with short ones. */
const titlesShown = 50;
const fullTitles = 25;
const shortTitle = 56;

const titleItem = (entry: DigestEntry, length: number): Inline[] => [
  linkedTitle({ ...entry.paper, title: shorten(entry.paper.title, length) }),
  `  ${scoreText(entry.score)}`,
  ...(entry.reason.kind === 'author'
    ? [{ text: `  by ${entry.reason.matches.map(({ name }) => name).join(' and ')}`, italic: true }]
    : []),
];

const titleList = (entries: readonly DigestEntry[]): Block[] => {
  if (entries.length === 0) return [];
  const length = entries.length > fullTitles ? shortTitle : 200;
  const items = entries.slice(0, titlesShown).map((entry) => titleItem(entry, length));
  const more = entries.length - titlesShown;
  return [
    { type: 'list', ordered: true, items },
    ...(more > 0 ? [paragraph(`… and ${countOf(more, 'more paper')} in the thread.`)] : []),
  ];
};

/** The titles under their topics. */
const topicLists = (entries: readonly DigestEntry[]): Block[] => {
  const length = entries.length > fullTitles ? shortTitle : 200;
  const shown = byTopic(entries.slice(0, titlesShown));
  const all = new Map(byTopic(entries).map(({ topic, entries: every }) => [topic, every.length]));
  const more = entries.length - titlesShown;
  return [
    ...shown.flatMap(({ topic, entries: some }): Block[] => [
      paragraph({ text: topic, bold: true }, ` (${all.get(topic)})`),
      { type: 'list', ordered: false, items: some.map((entry) => titleItem(entry, length)) },
    ]),
    ...(more > 0 ? [paragraph(`… and ${countOf(more, 'more paper')} in the thread.`)] : []),
  ];
};

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

/** The one message that stands in the channel; everything else is in its thread. */
export const headerMessage = (digest: DigestDraft): Message => {
  const { counts, entries, nearest, notices } = digest;
  const order = scoreOrder(entries.map(({ score }) => score));
  // The first may be a followed author's, whatever its score.
  const best = entries.toSorted((a, b) => order(a.score, b.score))[0];
  const day = longDate(digest.date);
  const authors = describeAuthorCheck(digest);
  const counted = describeCounts(digest);
  const remedial = describeRemedial(digest);
  const headline = best ? `${counted} Best: ${best.paper.title} (${totalScore(best.score)} of 20)` : counted;
  const blocks: Block[] = [
    { type: 'heading', text: `${day} · ${digest.channel}` },
    ...(remedial ? [paragraph('🕰️ ', { text: remedial, italic: true })] : []),
    paragraph(
      { text: countOf(counts.relevant, 'paper'), bold: true },
      counted.slice(countOf(counts.relevant, 'paper').length),
    ),
    ...notices.map((notice) => paragraph('⚠️ ', { text: notice, italic: true })),
    ...(digest.groupByTopic ? topicLists(entries) : titleList(entries)),
    ...(nearest.length > 0 ? [paragraph('The nearest:'), ...titleList(nearest)] : []),
    { type: 'note', content: [[describeEngines(digest), describeCost(digest)].filter(Boolean).join(' · ')] },
    ...(authors ? [{ type: 'note' as const, content: [authors] }] : []),
  ];
  if (entries.length > 0)
    blocks.push({
      type: 'note',
      content: [
        [
          'Scores are relevance + novelty, each from 1 to 10.',
          describeOrder(digest),
          'React with 👍 or 👎 in the thread.',
        ]
          .filter(Boolean)
          .join(' '),
      ],
    });
  return {
    summary: `arXiv, ${day}${remedial ? ' (remedial run)' : ''}: ${headline}`,
    blocks,
  };
};

/** What people most likely want of a paper next; nothing of it makes sense for an invented one. */
const buttonsUnder = (paperId: string): Block => ({
  type: 'buttons',
  buttons: [
    { label: 'More like this', command: `similar ${paperId}` },
    { label: 'Save', command: `save ${paperId}` },
    { label: 'Ask again', command: `rescore ${paperId}` },
  ],
});

/**
 * A paper of a digest. `rescored` is its score after it was asked about again, with the day of that in the channel's time
 * zone: it is shown in place of the one that the paper was picked by, which stays named.
 */
export type ShownEntry = DigestEntry & { rescored?: { score: DigestEntry['score']; on: IsoDate } | undefined };

/** "9 July": the message itself tells the year. */
const dayAndMonth = (date: IsoDate): string =>
  dateFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** One paper in the digest's thread. */
export const paperMessage = (entry: ShownEntry): Message => {
  const { paper, rank, rescored } = entry;
  const score = rescored?.score ?? entry.score;
  const matches = describeMatches(entry);
  const nudge = describeNudge(entry);
  const blocks: Block[] = [
    paragraph({ text: `${rank}. `, bold: true }, linkedTitle(paper, true)),
    paragraph({ text: authorsLine(paper.authors), italic: true }),
    paragraph(
      'Relevance ',
      { text: String(score.relevance), bold: true },
      ' · Novelty ',
      { text: String(score.novelty), bold: true },
      ` · ${paper.categories.join(', ')}`,
      ...(matches ? [' · ', { text: matches, bold: true }] : []),
    ),
    ...(rescored
      ? [
          paragraph({
            text: `Asked again on ${dayAndMonth(rescored.on)}: ${scoreText(entry.score)} → ${scoreText(score)}`,
            italic: true,
          }),
        ]
      : []),
    paragraph(score.comment),
    paragraph(shorten(paper.abstract, abstractLength)),
    ...(nudge ? [{ type: 'note' as const, content: [`Moved by your votes, ${nudge}`] }] : []),
    { type: 'note', content: paperLinks(paper) },
    ...(isSamplePaper(paper) ? [] : [buttonsUnder(paper.id)]),
  ];
  return { summary: `${rank}. ${paper.title} (${paper.id})`, blocks };
};
