import { dateFormat, longDate } from '../core/dates.ts';
import type { DigestDraft, DigestEntry } from '../core/digest.ts';
import {
  type Block,
  bulletList,
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  note,
  numberedList,
  paragraph,
} from '../core/message.ts';
import { type IsoDate, isSamplePaper } from '../core/paper.ts';
import { authorsLine, countOf, linkedTitle, paperLinks, shorten } from '../core/paper-text.ts';
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
  describePicked,
  describeRemedial,
} from './text.ts';

/** Slack takes 3,000 characters in a text; the abstract is the longest text of a paper. */
const maxAbstractLength = 2_600;

const scoreText = ({ relevance, novelty }: DigestEntry['score']): string => `${relevance} + ${novelty}`;

/** Titles in a header. With more than `maxFullTitles`, each is shortened. */
const maxTitles = 50;
const maxFullTitles = 25;
const shortTitleLength = 56;
const fullTitleLength = 200;

const titleItems = (entries: readonly DigestEntry[], length: number): Inline[][] =>
  entries.map(({ paper, score, reason }) => [
    linkedTitle({ ...paper, title: shorten(paper.title, length) }),
    `  ${scoreText(score)}`,
    ...(reason.kind === 'author'
      ? [{ text: `  by ${reason.matches.map(({ name }) => name).join(' and ')}`, italic: true }]
      : []),
  ]);

const titleLists = (entries: readonly DigestEntry[], groupByTopic: boolean): (Block | undefined)[] => {
  const shown = entries.slice(0, maxTitles);
  const length = entries.length > maxFullTitles ? shortTitleLength : fullTitleLength;
  const hidden = entries.length - shown.length;
  const sizes = new Map(byTopic(entries).map((group) => [group.topic, group.entries.length]));
  return [
    ...(groupByTopic
      ? byTopic(shown).flatMap((group) => [
          paragraph({ text: group.topic, bold: true }, ` (${sizes.get(group.topic)})`),
          bulletList(titleItems(group.entries, length)),
        ])
      : [numberedList(titleItems(shown, length))]),
    hidden > 0 ? paragraph(`… and ${countOf(hidden, 'more paper')} in the thread.`) : undefined,
  ];
};

/** The message in the channel; its thread has the papers. */
export const headerMessage = (digest: DigestDraft): Message => {
  const { entries, nearest, notices } = digest;
  const order = scoreOrder(entries.map(({ score }) => score));
  // The first entry may be by a followed author, whatever its score.
  const best = entries.toSorted((a, b) => order(a.score, b.score))[0];
  const day = longDate(digest.date);
  const picked = describePicked(digest);
  const counts = describeCounts(digest);
  const remedial = describeRemedial(digest);
  const summary = best ? `${counts} Best: ${best.paper.title} (${totalScore(best.score)} of 20)` : counts;
  return message(`arXiv, ${day}${remedial ? ' (remedial run)' : ''}: ${summary}`, [
    heading(`${day} · ${digest.channel}`),
    remedial && paragraph('🕰️ ', { text: remedial, italic: true }),
    paragraph({ text: picked, bold: true }, counts.slice(picked.length)),
    notices.map((notice) => paragraph('⚠️ ', { text: notice, italic: true })),
    titleLists(entries, digest.groupByTopic),
    nearest.length > 0 && [paragraph('Closest to the cutoffs:'), titleLists(nearest, false)],
    note([describeEngines(digest), describeCost(digest)].filter(Boolean).join(' · ')),
    note(describeAuthorCheck(digest)),
    entries.length > 0 &&
      note(
        [
          'Scores are relevance + novelty, each from 1 to 10.',
          describeOrder(digest),
          'React with 👍 or 👎 in the thread.',
        ]
          .filter(Boolean)
          .join(' '),
      ),
  ]);
};

/** An entry with its score after a rescore, if any, and the date of that in the channel's time zone. */
export type ShownEntry = DigestEntry & { rescored?: { score: DigestEntry['score']; on: IsoDate } | undefined };

const dayAndMonth = (date: IsoDate): string =>
  dateFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

export const paperMessage = (entry: ShownEntry): Message => {
  const { paper, rank, rescored } = entry;
  const score = rescored?.score ?? entry.score;
  const matches = describeMatches(entry);
  const nudge = describeNudge(entry);
  return message(`${rank}. ${paper.title} (${paper.id})`, [
    paragraph({ text: `${rank}. `, bold: true }, linkedTitle(paper, true)),
    paragraph({ text: authorsLine(paper.authors), italic: true }),
    paragraph(
      'Relevance ',
      { text: String(score.relevance), bold: true },
      ' · Novelty ',
      { text: String(score.novelty), bold: true },
      ` · ${paper.categories.join(', ')}`,
      matches && ' · ',
      matches && { text: matches, bold: true },
    ),
    rescored &&
      paragraph({
        text: `Rescored on ${dayAndMonth(rescored.on)}: ${scoreText(entry.score)} → ${scoreText(score)}`,
        italic: true,
      }),
    paragraph(score.comment),
    paragraph(shorten(paper.abstract, maxAbstractLength)),
    nudge && note(`Moved by your votes, ${nudge}`),
    note(...paperLinks(paper)),
    // Nothing is known of an invented paper beyond its message.
    !isSamplePaper(paper) &&
      buttonRow(
        button('More like this', ['similar', paper.id]),
        button('Save', ['save', paper.id]),
        button('Rescore', ['rescore', paper.id]),
      ),
  ]);
};
