import { acknowledgement } from '../core/acknowledgement.ts';
import { longDate } from '../core/clock.ts';
import type { Digest, DigestEntry } from '../core/digest.ts';
import { dollars } from '../core/digest-text.ts';
import { abstractUrl, htmlUrl, pdfUrl } from '../core/paper.ts';
import { isSamplePaper } from '../core/paper-text.ts';

/** Text in which no character is Markdown or HTML; line breaks become spaces. */
const escapeText = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>()#+!|~@&]/g, (character) =>
      /[<>&]/.test(character) ? htmlOf(character) : `\\${character}`,
    );

const htmlOf = (character: string): string => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character] ?? character;

const links = (entry: DigestEntry): string => {
  const { paper } = entry;
  if (isSamplePaper(paper)) return paper.id;
  return `[${paper.id}](${abstractUrl(paper)}) · [PDF](${pdfUrl(paper)}) · [HTML](${htmlUrl(paper)})`;
};

const section = (entry: DigestEntry): string => {
  const { paper, score, rank, reason } = entry;
  const title = escapeText(paper.title);
  const author = reason.kind === 'author' ? `\n\n**Author match (name only):** ${escapeText(reason.name)}` : '';
  return `## ${rank}. ${isSamplePaper(paper) ? title : `[${title}](${abstractUrl(paper)})`} <a id="paper-${rank}"></a>

**ArXiv ID:** ${links(entry)}

**Authors:** ${escapeText(paper.authors.join(', '))}

**Abstract:** ${escapeText(paper.abstract)}

**Comment:** ${escapeText(score.comment)}${author}

**Relevance:** ${score.relevance} · **Novelty:** ${score.novelty}`;
};

const usageTable = (digest: Digest): string => {
  const { promptTokens, cachedTokens, completionTokens, costUsd } = digest.usage;
  if (promptTokens + completionTokens === 0) return '';
  const models = digest.engines.filter(({ engine }) => engine !== 'local').map(({ model }) => escapeText(model));
  const number = (value: number): string => value.toLocaleString('en-US');
  const cost = costUsd === undefined ? 'unknown: no price for this model' : dollars(costUsd);
  return `| ${models.join(', ')} | Prompt | of it cached | Completion | Total |
|:--|--:|--:|--:|--:|
| **Tokens** | ${number(promptTokens)} | ${number(cachedTokens)} | ${number(completionTokens)} | ${number(promptTokens + completionTokens)} |
| **Cost** | | | | ${cost} |`;
};

/** The page of a day in Markdown: counts, cost, contents, and every picked paper. */
export const dayAsMarkdown = (digest: Digest): string => {
  const { counts, entries, nearest, notices, sample } = digest;
  const scorers = digest.engines.map(({ engine, model, papers }) => {
    return `- ${papers} scored by ${engine === 'local' ? 'the built-in scorer' : escapeText(model)}`;
  });
  const contents = entries.map(({ rank, paper }) => `${rank}. [${escapeText(paper.title)}](#paper-${rank})`);
  const parts = [
    `# ${escapeText(digest.channel)}: arXiv papers of ${longDate(digest.date)}`,
    ...(sample ? ['> A built-in sample day: every paper on this page is invented.'] : []),
    ...notices.map((notice) => `> ${escapeText(notice)}`),
    usageTable(digest),
    [
      `- Announced: ${counts.announced}`,
      `- Scanned: ${counts.scanned}`,
      `- Relevant: ${counts.relevant}, with relevance ${digest.cutoffs.relevance} and novelty ${digest.cutoffs.novelty} or more`,
      ...(counts.unscored > 0 ? [`- Not scored: ${counts.unscored}`] : []),
      ...scorers,
    ].join('\n'),
    contents.join('\n'),
    ...(nearest.length > 0 ? ['Nothing passed; these came nearest.'] : []),
    ...[...entries, ...nearest].flatMap((entry) => ['---', section(entry)]),
    '---',
    acknowledgement,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};
