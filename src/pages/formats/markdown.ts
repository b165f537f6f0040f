import { acknowledgement } from '../../core/arxiv.ts';
import { dateIn, longDate } from '../../core/clock.ts';
import type { AuthorMatch, Digest, DigestEntry } from '../../core/digest.ts';
import { abstractUrl, htmlUrl, type IsoDate, pdfUrl } from '../../core/paper.ts';
import { countOf, isSamplePaper } from '../../core/paper-text.ts';
import { dollars, type Price, totalTokens } from '../../core/price.ts';
import type { VoteCount } from '../../core/votes.ts';
import { byTopic, describeNudge, recallText } from '../../digest/text.ts';
import { type Charge, cachedPercent, chargesOf, payerWords } from '../day/cost.ts';
import { type Day, monthOf } from '../day/day.ts';
import { movedSummary } from '../day/notices.ts';
import { amountsInRow, grouped, priceWords } from '../numbers.ts';
import { escapeText, fenced, link, paperText } from './markdown-text.ts';

const navigation = ({ digest, previous, next }: Day): string => {
  const month = monthOf(digest.date);
  const parts = [
    previous ? `[← Previous day ${previous}](${previous}.md)` : '',
    `[Month ${month}](${month}.html)`,
    next ? `[Next day ${next} →](${next}.md)` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
};

const period = (from: IsoDate, to: IsoDate): string => (from === to ? `of ${from}` : `from ${from} to ${to}`);

const remedialNotice = ({ digest: { remedial, createdAt }, channel }: Day): string => {
  if (!remedial) return '';
  const made = dateIn(new Date(createdAt), channel.timezone);
  const lines = [
    `> This is a remedial run for missed papers ${period(remedial.from, remedial.to)}.`,
    ...(remedial.approximate
      ? ['> arXiv no longer shows the announcement: these are the papers submitted for it, so the list is approximate.']
      : []),
    `> Results generated on ${made}.`,
  ];
  return lines.join('\n>\n');
};

const perMillion = ({ prompt, cachedPrompt, completion }: Price): string =>
  `${priceWords(prompt)} a million prompt tokens (${priceWords(cachedPrompt)} cached), ${priceWords(completion)} completion`;

const chargeTable = (charge: Charge, reader: string): string => {
  const { usage, cost, price } = charge;
  const { promptTokens, cachedTokens, completionTokens } = usage;
  const model = escapeText(charge.model);
  const costs = cost
    ? amountsInRow([cost.prompt, cost.cached, cost.completion, cost.total])
    : ['', '', '', usage.costUsd === undefined ? 'unknown: no price for this model' : dollars(usage.costUsd)];
  const tokens = [
    grouped(promptTokens),
    `${grouped(cachedTokens)} (${cachedPercent(usage)} %)`,
    grouped(completionTokens),
    grouped(totalTokens(usage)),
  ];
  const table = [
    `| *${model}* | Prompt | of it cached | Completion | Total |`,
    '|:--|--:|--:|--:|--:|',
    `| **Tokens** | ${tokens.join(' | ')} |`,
    `| **Cost** | ${costs.join(' | ')} |`,
  ].join('\n');
  const payer = escapeText(payerWords(charge, reader));
  const source = price
    ? `Price of ${model}: ${escapeText(perMillion(price))}; ${link(escapeText(price.source), price.source)}, ${escapeText(price.date)}.`
    : '';
  return [table, payer, source].filter((part) => part !== '').join('\n\n');
};

const countsList = ({ counts, cutoffs, authorCheck, prefilter, engines, entries }: Digest): string => {
  const { announced, scanned, relevant, unscored } = counts;
  const { minHIndex, below, unknown, notLookedUp } = authorCheck ?? {
    minHIndex: 0,
    below: 0,
    unknown: 0,
    notLookedUp: 0,
  };
  const limits = `relevance ${cutoffs.relevance} and novelty ${cutoffs.novelty} or more`;
  const byAuthor = entries.some(({ reason }) => reason.kind === 'author');
  const lines = [
    `Announced: ${grouped(announced)}`,
    `Scanned: ${grouped(scanned)}`,
    prefilter && 'skipped' in prefilter && prefilter.skipped > 0
      ? `Skipped as unlikely: ${grouped(prefilter.skipped)}; the rest has about ${recallText(prefilter.recall)} of the picks`
      : '',
    `Relevant: ${grouped(relevant)}, with ${limits}${byAuthor ? ', or by a followed author' : ''}`,
    relevant > entries.length && entries.length > 0 ? `Shown: ${grouped(entries.length)}, the best` : '',
    unscored > 0 ? `Not scored: ${grouped(unscored)}` : '',
    minHIndex > 0 ? `Left out: ${grouped(below)}, without an author whose h-index is ${minHIndex} or more` : '',
    unknown > 0 ? `Kept: ${grouped(unknown)}, whose authors Semantic Scholar does not know yet` : '',
    notLookedUp > 0 ? `Kept: ${grouped(notLookedUp)}, whose authors could not be looked up` : '',
    ...engines.map(({ engine, model, papers }) => {
      return `Scored by ${engine === 'local' ? 'the built-in scorer' : escapeText(model)}: ${grouped(papers)}`;
    }),
  ];
  return lines
    .filter((line) => line !== '')
    .map((line) => `- ${line}`)
    .join('\n');
};

const contentsItem = (number: string, { rank, paper }: DigestEntry): string =>
  `${number} [${paperText(paper.title)}](#paper-${rank})\\\n${' '.repeat(number.length + 1)}${escapeText(`by ${paper.authors.join(', ')}`)}`;

const contents = ({ entries, groupByTopic }: Digest): string => {
  if (entries.length === 0) return '';
  const lists = groupByTopic
    ? byTopic(entries).flatMap((group) => [
        `### ${escapeText(group.topic)} (${group.entries.length})`,
        // A list of its own would be numbered anew.
        group.entries.map((entry) => contentsItem('-', entry)).join('\n'),
      ])
    : [entries.map((entry) => contentsItem(`${entry.rank}.`, entry)).join('\n')];
  return ['**Table of contents:**', ...lists].join('\n\n');
};

const matchNames = {
  id: '**Author match:**',
  name: '**Author match (name only):**',
  refuted: '**Author match refuted:** Semantic Scholar knows the author as somebody else than',
} satisfies Record<AuthorMatch['basis'], string>;

const matches = ({ reason }: DigestEntry): string[] =>
  reason.kind === 'author' ? reason.matches.map(({ basis, name }) => `${matchNames[basis]} ${escapeText(name)}`) : [];

const section = (entry: DigestEntry, votes: VoteCount | undefined): string => {
  const { paper, score, rank, topic } = entry;
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
    `**Comment:** ${paperText(score.comment)}`,
    ...matches(entry),
    `**Relevance:** ${score.relevance}\n**Novelty:** ${score.novelty}`,
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
  if (entries.length === 0 && nearest.length > 0) return ['Nothing passed; these came nearest.', ...sections(nearest)];
  if (!groupByTopic) return sections(entries);
  return byTopic(entries).flatMap((group) => [
    '---',
    `# ${escapeText(group.topic)}: ${countOf(group.entries.length, 'paper')}`,
    ...sections(group.entries),
  ]);
};

const selection = ({ digest, rubric }: Day, prompt: string): string[] => {
  const byModel = digest.engines.some(({ engine }) => engine !== 'local');
  if (!byModel && digest.engines.length > 0 && rubric)
    return [
      '---',
      '## Paper selection topics',
      'The built-in scorer knows what the channel looks for from these words.',
      fenced(rubric.topics),
    ];
  return prompt === '' ? [] : ['---', '## Paper selection prompt', fenced(prompt)];
};

/**
 * The page of a day in Markdown, to lie beside its neighbours: counts, cost, contents, every picked paper, and the prompt
 * that selected them. docs/pages.md says how to read it back.
 */
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
