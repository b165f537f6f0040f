import { acknowledgement } from '../../core/arxiv.ts';
import { dateIn, longDate } from '../../core/dates.ts';
import { type AuthorMatch, type Digest, type DigestEntry, isOnlyBuiltIn } from '../../core/digest.ts';
import { withoutControls } from '../../core/folding.ts';
import { splitMathematics, type TextPart } from '../../core/mathematics.ts';
import { abstractUrl, countOf, grouped, htmlUrl, type IsoDate, isSamplePaper, pdfUrl } from '../../core/paper.ts';
import { dollars, isBuiltIn, matchText, positionText, scorerName, totalTokens } from '../../core/score.ts';
import type { VoteCount } from '../../core/votes.ts';
import { apartTitle, byTopic, describeLimits, describeNudge, describeRecall, inParts } from '../../digest/text.ts';
import { monthOf } from '../dates.ts';
import { type Charge, cachedPercent, chargesOf, chargeWords, payerWords, pricePerMillion } from '../day/cost.ts';
import type { Day } from '../day/day.ts';
import { movedSummary, nearestTitle } from '../day/notices.ts';
import { webAddress } from '../html.ts';
import { amountsInRow } from '../numbers.ts';

/** One line, without control characters or characters that change the text direction. */
const oneLine = (text: string): string =>
  withoutControls(text)
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

const escapeProse = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>|~@&$]/g, (character) => entities[character] ?? `\\${character}`);

/** Text on one line, with Markdown and HTML escaped; not for the start of a line. */
const escapeText = (text: string): string => escapeProse(oneLine(text));

const areBracketsNested = (text: string): boolean => {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]]/g)) {
    depth += bracket === '[' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
};

const bracketNames: Readonly<Record<string, string>> = { '[': '\\lbrack ', ']': '\\rbrack ' };

/**
 * Mathematics in dollar signs. It is safe in renderers that read it as Markdown, because it contains no HTML, code span
 * or link, and closes no bracket opened before it.
 */
const escapeMathematics = ({ kind, text, source }: TextPart): string => {
  // Nested dollar signs, as in `\text{if $n$}`, work only in TeX.
  if (/(?<!\\)\$/.test(text)) return escapeProse(source);
  const safe = text
    .trim()
    .replaceAll('<', '\\lt ')
    .replaceAll('>', '\\gt ')
    .replaceAll('`', '‘')
    .replace(/\](?=\s*[([])/g, ']{}');
  const nested = areBracketsNested(safe) ? safe : safe.replace(/[[\]]/g, (bracket) => bracketNames[bracket] ?? bracket);
  return kind === 'display' ? `$$${nested}$$` : `$${nested.trim()}$`;
};

/** A paper's text on one line, mathematics in dollar signs, the rest escaped; not for the start of a line. */
const paperText = (text: string): string =>
  splitMathematics(oneLine(text))
    .map((part) => (part.kind === 'text' ? escapeProse(part.text) : escapeMathematics(part)))
    .join('');

/** A link; `text` is Markdown. Non-HTTP addresses become text. */
const link = (text: string, url: string): string => {
  const href = webAddress(url);
  if (href === undefined) return text;
  return `[${text}](${href.replace(/[()<>\\`]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)})`;
};

const fenced = (text: string): string => {
  const maxFence = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(maxFence + 1);
  const lines = withoutControls(text).split(/\r\n?|\n/);
  return `${fence}text\n${lines
    .map((line) => line.replace(/(?!\t)\p{Cc}/gu, ''))
    .join('\n')
    .trimEnd()}\n${fence}`;
};

const navigation = ({ digest, previous, next }: Day): string => {
  const month = monthOf(digest.date);
  const parts = [
    previous ? `[← Previous day ${previous}](${previous}.md)` : '',
    `[Month ${month}](${month}.html)`,
    next ? `[Next day ${next} →](${next}.md)` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
};

const dateRange = (from: IsoDate, to: IsoDate): string => (from === to ? `of ${from}` : `from ${from} to ${to}`);

const remedialNotice = ({ digest: { remedial, createdAt }, channel }: Day): string => {
  if (!remedial) return '';
  const made = dateIn(new Date(createdAt), channel.timezone);
  const lines = [
    `> This is a remedial run for missed papers ${dateRange(remedial.from, remedial.to)}.`,
    ...(remedial.approximate
      ? ['> arXiv no longer shows the announcement: these are the papers submitted for it, so the list is approximate.']
      : []),
    `> Results generated on ${made}.`,
  ];
  return lines.join('\n>\n');
};

const chargeTable = (charge: Charge, reader: string): string => {
  const { usage, cost, price } = charge;
  const { promptTokens, cachedTokens, completionTokens } = usage;
  const model = escapeText(charge.model);
  const costs = cost
    ? amountsInRow([cost.prompt, cost.cached, cost.completion, cost.total])
    : ['', '', '', usage.costUsd === undefined ? 'unknown: no price for this model' : dollars(usage.costUsd)];
  const tokens = [
    grouped(promptTokens),
    `${grouped(cachedTokens)} (${cachedPercent(usage)}%)`,
    grouped(completionTokens),
    grouped(totalTokens(usage)),
  ];
  const table = [
    `| *${model}*${chargeWords(charge)} | Prompt | of which cached | Completion | Total |`,
    '|:--|--:|--:|--:|--:|',
    `| **Tokens** | ${tokens.join(' | ')} |`,
    `| **Cost** | ${costs.join(' | ')} |`,
  ].join('\n');
  const payer = escapeText(payerWords(charge, reader));
  const source = price
    ? `Price of ${model}${price.isBatch ? ' in batches' : ''}: ${escapeText(pricePerMillion(price))}; ${link(escapeText(price.source), price.source)}, ${escapeText(price.date)}.`
    : '';
  return [table, payer, source].filter((part) => part !== '').join('\n\n');
};

const countsList = (digest: Digest): string => {
  const { counts, authorCheck, prefilter, engines, entries } = digest;
  const { announced, scanned, relevant, unscored, muted = 0 } = counts;
  const { minHIndex, below, unknown, notLookedUp } = authorCheck ?? {
    minHIndex: 0,
    below: 0,
    unknown: 0,
    notLookedUp: 0,
  };
  const limits = describeLimits(digest);
  const byAuthor = entries.some(({ reason }) => reason.kind === 'author');
  // Programs read these names; docs/pages.md promises them.
  const lines = [
    `Announced: ${grouped(announced)}`,
    `Scanned: ${grouped(scanned)}`,
    prefilter && 'skipped' in prefilter && prefilter.skipped > 0
      ? `Screened out: ${grouped(prefilter.skipped)}; ${describeRecall(prefilter)}`
      : '',
    `Relevant: ${grouped(relevant)}${limits && `, with ${limits}`}${byAuthor ? ', or by a followed author' : ''}`,
    relevant > entries.length && entries.length > 0 ? `Shown: the best ${grouped(entries.length)}` : '',
    unscored > 0 ? `Not scored: ${grouped(unscored)}` : '',
    muted > 0 ? `Muted: ${grouped(muted)}` : '',
    minHIndex > 0 ? `Left out: ${grouped(below)}, no author with an h-index of ${minHIndex} or higher` : '',
    unknown > 0 ? `Kept: ${grouped(unknown)}, not on Semantic Scholar yet` : '',
    notLookedUp > 0 ? `Kept: ${grouped(notLookedUp)}, author lookup failed` : '',
    ...engines.map((share) => `Scored by ${escapeText(scorerName(share))}: ${grouped(share.papers)}`),
  ];
  return lines
    .filter((line) => line !== '')
    .map((line) => `- ${line}`)
    .join('\n');
};

const contentsItem = (number: string, { rank, paper }: DigestEntry): string =>
  `${number} [${paperText(paper.title)}](#paper-${rank})\\\n${' '.repeat(number.length + 1)}${escapeText(`by ${paper.authors.join(', ')}`)}`;

const contents = (digest: Digest): string => {
  if (digest.entries.length === 0) return '';
  const { together, apart } = inParts(digest.entries, digest);
  const numbered = (entries: readonly DigestEntry[]): string =>
    entries.map((entry) => contentsItem(`${entry.rank}.`, entry)).join('\n');
  const lists = digest.groupByTopic
    ? byTopic(together).flatMap((group) => [
        `### ${escapeText(group.topic)} (${group.entries.length})`,
        // A numbered list per topic would start at 1 again.
        group.entries.map((entry) => contentsItem('-', entry)).join('\n'),
      ])
    : [numbered(together)];
  const others = apart.length > 0 ? [`### ${apartTitle} (${apart.length})`, numbered(apart)] : [];
  return ['**Table of contents:**', ...lists, ...others].filter((part) => part !== '').join('\n\n');
};

const matchNames = {
  id: '**Author match:**',
  name: '**Author match (name only):**',
  refuted: '**Author match refuted:** Semantic Scholar says this is another',
} satisfies Record<AuthorMatch['basis'], string>;

const matches = ({ reason }: DigestEntry): string[] =>
  reason.kind === 'author' ? reason.matches.map(({ basis, name }) => `${matchNames[basis]} ${escapeText(name)}`) : [];

const section = (entry: DigestEntry, votes: VoteCount | undefined): string => {
  const { paper, score, rank, topic, summary } = entry;
  const isSample = isSamplePaper(paper);
  const nudge = describeNudge(entry);
  const title = paperText(paper.title);
  const links = [link('Abstract', abstractUrl(paper)), link('PDF', pdfUrl(paper)), link('HTML', htmlUrl(paper))];
  const parts = [
    `## ${rank}. ${isSample ? `${title} (invented)` : link(title, abstractUrl(paper))} <a id="paper-${rank}"></a>`,
    `**ArXiv ID:** ${escapeText(paper.id)}`,
    isSample ? '' : `**Links:** ${links.join(' · ')}`,
    `**Authors:** ${escapeText(paper.authors.join(', '))}`,
    `**Categories:** ${escapeText(paper.categories.join(', '))}`,
    `**Abstract:** ${paperText(paper.abstract)}`,
    summary ? `**Summary:** ${paperText(summary.text)}` : '',
    score.comment ? `**Comment:** ${paperText(score.comment)}` : '',
    ...matches(entry),
    isBuiltIn(score)
      ? `**Match:** ${matchText(score.match)}, ${positionText(score)}`
      : `**Relevance:** ${score.relevance}\n**Novelty:** ${score.novelty}`,
    topic === undefined ? '' : `**Topic:** ${escapeText(topic)}`,
    nudge ? `**Moved by your votes:** ${escapeText(nudge)}` : '',
    votes ? `**Votes:** 👍 ${votes.up} · 👎 ${votes.down}` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
};

const papers = ({ digest, votes }: Day): string[] => {
  const { entries, nearest, groupByTopic } = digest;
  const sections = (some: readonly DigestEntry[]): string[] =>
    some.flatMap((entry) => ['---', section(entry, votes.get(entry.paper.id))]);
  if (entries.length === 0 && nearest.length > 0) return [`${nearestTitle}.`, ...sections(nearest)];
  const { together, apart } = inParts(entries, digest);
  const part = (title: string, some: readonly DigestEntry[]): string[] =>
    some.length === 0 ? [] : ['---', `# ${escapeText(title)}: ${countOf(some.length, 'paper')}`, ...sections(some)];
  const main = groupByTopic
    ? byTopic(together).flatMap((group) => part(group.topic, group.entries))
    : sections(together);
  return [...main, ...part(apartTitle, apart)];
};

const selection = ({ digest, rubric }: Day, prompt: string): string[] => {
  if (rubric && isOnlyBuiltIn(digest))
    return [
      '---',
      '## Paper selection topics',
      'The built-in scorer compares papers with the words of these topics.',
      fenced(rubric.topics),
    ];
  return prompt === '' ? [] : ['---', '## Paper selection prompt', fenced(prompt)];
};

/** The page of a day in Markdown. docs/pages.md describes how programs can read it. */
export const dayAsMarkdown = (day: Day, prompt: string): string => {
  const { digest } = day;
  const parts = [
    navigation(day),
    remedialNotice(day),
    ...digest.notices.map((notice) => `> ${escapeText(notice)}`),
    `# ${escapeText(digest.channel)}: arXiv papers of ${longDate(digest.date)} (${digest.date})`,
    ...chargesOf(day).map((charge) => chargeTable(charge, digest.channel)),
    countsList(digest),
    contents(digest),
    movedSummary(digest.entries),
    ...papers(day),
    ...selection(day, prompt),
    '---',
    acknowledgement,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};
