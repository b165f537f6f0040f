import { dateFormat, instantOf, longDate } from '../core/dates.ts';
import { type DigestDraft, type DigestEntry, isModelUsed } from '../core/digest.ts';
import {
  type Block,
  bulletList,
  button,
  buttonRow,
  buttonRowWithMenu,
  heading,
  type Inline,
  type Message,
  message,
  note,
  numberedList,
  type Part,
  paragraph,
} from '../core/message.ts';
import {
  authorsLine,
  countOf,
  type IsoDate,
  isSamplePaper,
  linkedTitle,
  type Paper,
  paperLinks,
  pdfUrl,
  shorten,
  shortenSentence,
} from '../core/paper.ts';
import { bestText, isBuiltIn, matchText, positionText, type Score, scoreText } from '../core/score.ts';
import type { VoteCount } from '../core/votes.ts';
import { isReported } from './best-order.ts';
import {
  apartTitle,
  byTopic,
  describeAuthorCheck,
  describeCost,
  describeCounts,
  describeEngines,
  describeMatches,
  describeNudge,
  describePicked,
  describeReason,
  describeRemedial,
  describeScale,
  inParts,
} from './text.ts';

/** Slack allows 3,000 characters in a text, and the abstract is a paper's longest text. */
const maxAbstractLength = 2_600;

/** Papers of a header with a line on why they were picked. */
const maxFirst = 3;
const maxReasonLength = 180;

/** Maximum number of titles in a header. If there are more than `maxFullTitles`, each is shortened. */
const maxTitles = 50;
const maxFullTitles = 25;
const shortTitleLength = 56;
const fullTitleLength = 200;

const titleItem = ({ paper, score, reason }: DigestEntry, length: number): Inline[] => [
  linkedTitle({ ...paper, title: shorten(paper.title, length) }),
  `  ${scoreText(score)}`,
  ...(reason.kind === 'author'
    ? [{ text: `  by ${reason.matches.map(({ name }) => name).join(' and ')}`, italic: true }]
    : []),
];

/** With its number in the digest, which commands such as `show 7` take. */
const numberedItem = (entry: DigestEntry, length: number): Inline[] => [
  { text: `${entry.rank}. `, bold: true },
  ...titleItem(entry, length),
];

const firstParts = (entries: readonly DigestEntry[]): Part =>
  entries.map((entry) => [
    paragraph(...numberedItem(entry, fullTitleLength)),
    note(shortenSentence(entry.score.comment, maxReasonLength)),
  ]);

/** The papers after the first ones as titles, in their order or by topic. Topics count all papers of the digest. */
const titleParts = (
  entries: readonly DigestEntry[],
  digest: Pick<DigestDraft, 'engines' | 'groupByTopic' | 'entries'>,
  start: number,
): Part => {
  const length = entries.length > maxFullTitles ? shortTitleLength : fullTitleLength;
  const shown = inParts(entries.slice(0, maxTitles), digest);
  const hidden = entries.length - Math.min(entries.length, maxTitles);
  const groups = byTopic(inParts(digest.entries, digest).together);
  const sizes = new Map(groups.map((group) => [group.topic, group.entries.length]));
  const items = (some: readonly DigestEntry[]): Inline[][] => some.map((entry) => titleItem(entry, length));
  const numbered = (some: readonly DigestEntry[]): Inline[][] => some.map((entry) => numberedItem(entry, length));
  return [
    digest.groupByTopic
      ? byTopic(shown.together).map((group) => [
          paragraph({ text: group.topic, bold: true }, ` (${sizes.get(group.topic)})`),
          bulletList(numbered(group.entries)),
        ])
      : numberedList(items(shown.together), start),
    shown.apart.length > 0 && [paragraph({ text: apartTitle, bold: true }), bulletList(numbered(shown.apart))],
    hidden > 0 && paragraph(`… and ${countOf(hidden, 'more paper')} in the thread.`),
  ];
};

const readFirst = (digest: DigestDraft): Part => {
  const { together } = inParts(digest.entries, digest);
  const first = together.slice(0, maxFirst);
  const rest = digest.entries.filter((entry) => !first.includes(entry));
  return [firstParts(first), titleParts(rest, digest, first.length + 1)];
};

/** A day without a pick in one line, with the papers that came closest. */
const nothingPicked = (digest: DigestDraft): Part => {
  const { nearest } = digest;
  const closest = nearest.some(({ score }) => isBuiltIn(score)) ? 'These came closest:' : 'Closest to the cutoffs:';
  return [
    paragraph({ text: describePicked(digest), bold: true }, nearest.length > 0 ? `. ${closest}` : '.'),
    titleParts(nearest, { ...digest, groupByTopic: false }, 1),
  ];
};

const hiddenPicks = ({ counts, entries }: DigestDraft): number => Math.max(0, counts.relevant - entries.length);

/** @param listsPapers False if the papers follow in the same place. */
export const headerMessage = (digest: DigestDraft, { listsPapers = true } = {}): Message => {
  const { entries, notices, date } = digest;
  const [first] = entries;
  const day = longDate(date);
  const counts = describeCounts(digest);
  const remedial = describeRemedial(digest);
  const hidden = hiddenPicks(digest);
  const summary = first ? `${first.paper.title} (${bestText(first.score)}). ${counts}` : counts;
  return message(`arXiv, ${day}${remedial ? ' (remedial run)' : ''}: ${summary}`, [
    heading(`${day} · ${digest.channel}`),
    remedial && paragraph('🕰️ ', { text: remedial, italic: true }),
    notices.map((notice) => paragraph('⚠️ ', { text: notice, italic: true })),
    first ? listsPapers && readFirst(digest) : nothingPicked(digest),
    entries.some(isReported) && note('Your votes changed this order.'),
    note([counts, describeEngines(digest), describeCost(digest)].filter(Boolean).join(' · ')),
    note(describeAuthorCheck(digest)),
    first && note(describeScale(entries.map(({ score }) => score))),
    buttonRow(hidden > 0 && button(`${hidden} more picked`, ['picked', date])),
  ]);
};

/** Posted if scoring takes long, and later edited to the header of the digest. */
export const earlyHeaderMessage = ({ channel, date, papers }: { channel: string; date: IsoDate; papers: number }) => {
  const day = longDate(date);
  const text = `Scoring ${countOf(papers, 'paper')} takes longer than usual. The digest will appear here.`;
  return message(`arXiv, ${day}: ${text}`, [heading(`${day} · ${channel}`), paragraph('⏳ ', text)]);
};

/** What people did with a posted paper: how many voted for and against it, and how many saved it. */
export type PaperCounts = VoteCount & { saved: number };

/** An entry with its score after a rescore, if any, and the date of that score in the channel's time zone. */
export type ShownEntry = DigestEntry & {
  rescored?: { score: DigestEntry['score']; on: IsoDate } | undefined;
  counts?: PaperCounts | undefined;
};

const dayAndMonth = (date: IsoDate): string =>
  dateFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(instantOf(date));

/** "Relevance 8 · Novelty 7", or "3rd of 383 · Match 96%". */
const scoreWords = (score: Score): Inline[] =>
  isBuiltIn(score)
    ? [{ text: positionText(score), bold: true }, ' · Match ', { text: matchText(score.match), bold: true }]
    : [
        'Relevance ',
        { text: String(score.relevance), bold: true },
        ' · Novelty ',
        { text: String(score.novelty), bold: true },
      ];

const counted = (label: string, count: number | undefined): string => (count ? `${label} ${count}` : label);

const actionsOf = ({ id }: Paper, style: DigestDraft['style'], hasModel: boolean, counts: ShownEntry['counts']): Part =>
  buttonRowWithMenu(
    'More',
    [
      button('Similar papers', ['similar', id]),
      hasModel && button('Ask a question', ['ask', id]),
      hasModel && button('Rescore', ['rescore', id]),
      button('BibTeX', ['bibtex', id]),
    ],
    button(counted('👍', counts?.up), ['vote', 'up', id]),
    button(counted('👎', counts?.down), ['vote', 'down', id]),
    button(counted('Save', counts?.saved), ['save', id]),
    style === 'compact' && button('Abstract', ['abstract', id]),
  );

const maxShortAuthors = 3;
/** arXiv's longest titles have about 240 characters. */
const maxTitleLength = 300;

const compactParts = ({ paper, score, summary, ...entry }: DigestEntry): (Block | undefined)[] => {
  const matches = describeMatches(entry);
  const reason = describeReason({ score, summary });
  const about = summary?.text ?? reason;
  const links: Inline[] = isSamplePaper(paper) ? [] : [' · ', { text: 'PDF', url: pdfUrl(paper) }];
  return [
    paragraph({ text: authorsLine(paper.authors, maxShortAuthors), italic: true }, ` · ${paper.id}`, ...links),
    paragraph({ text: scoreText(score), bold: true }, matches && ` · ${matches}`, about && ` · ${about}`),
    // In small letters below the summary.
    summary && note(reason),
  ];
};

const fullParts = ({ paper, score, summary, ...entry }: DigestEntry): (Block | undefined)[] => {
  const matches = describeMatches(entry);
  return [
    paragraph({ text: authorsLine(paper.authors), italic: true }),
    paragraph(summary?.text),
    paragraph(
      ...scoreWords(score),
      ` · ${paper.categories.join(', ')}`,
      matches && ' · ',
      matches && { text: matches, bold: true },
    ),
    paragraph(describeReason({ score, summary })),
    paragraph(shorten(paper.abstract, maxAbstractLength)),
  ];
};

/** @param digest Its style decides if the abstract is shown or behind a button. */
export const paperMessage = (
  entry: ShownEntry,
  digest: Pick<DigestDraft, 'style' | 'engines' | 'fallback'>,
): Message => {
  const { paper, rank, rescored, counts } = entry;
  const score = rescored?.score ?? entry.score;
  const current = { ...entry, score };
  const nudge = describeNudge(entry);
  const isCompact = digest.style === 'compact';
  return message(`${rank}. ${paper.title} (${paper.id})`, [
    paragraph(
      { text: `${rank}. `, bold: true },
      linkedTitle({ ...paper, title: shorten(paper.title, maxTitleLength) }, true),
    ),
    isCompact ? compactParts(current) : fullParts(current),
    rescored &&
      paragraph({
        text: `Rescored on ${dayAndMonth(rescored.on)}: ${scoreText(entry.score)} → ${scoreText(score)}`,
        italic: true,
      }),
    nudge && note(`Your votes moved it by ${nudge}`),
    !isCompact && note(...paperLinks(paper)),
    // Sample papers have no details besides their message.
    !isSamplePaper(paper) &&
      actionsOf(paper, digest.style, isModelUsed(digest) || digest.fallback !== undefined, counts),
  ]);
};
