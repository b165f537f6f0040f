import type { Chart, Inline } from '../../core/message.ts';
import { chartLines } from '../kit/chart.ts';
import { chunksOf } from '../kit/fit.ts';

const maxUrlLength = 512;

/**
 * Characters with special meaning in Discord's markdown: emphasis, code, spoilers, mentions, timestamps and custom
 * emoji (all in angle brackets), masked links, addresses and emoji names. A colon before a space has no meaning.
 * Discord ends a label even at an escaped bracket, so the parenthesis after it is escaped too.
 */
const special = /[\\*_~`|<[\]@]|:(?!\s)|(?<=^|\])\(/g;

/**
 * Markers that Discord reads at the start of a line as a heading, block quote, subtext or list. An arXiv id is not a
 * list marker.
 */
const lineStart = /^(\s*)([-+#>]|\d+(?=[.)](?:\s|$)))/gm;

/**
 * Escapes plain text, so that Discord shows it unchanged:
 * https://docs.discord.com/developers/reference#message-formatting
 */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(special, '\\$&')
    .replace(lineStart, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
    );

export const unescaped = (markdown: string): string => markdown.replace(/\\([^0-9A-Za-z\s])/g, '$1');

export const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ');

/**
 * Inline code, delimited by more backticks than the text has in a row. Plain text if three backticks would start a
 * block, or if the text could end a preceding link label.
 */
const codeSpan = (text: string): string => {
  if (text.includes('``') || text.includes('](')) return escaped(text);
  const fence = text.includes('`') ? '``' : '`';
  const [before, after] = [text.startsWith('`') ? ' ' : '', text.endsWith('`') ? ' ' : ''];
  return `${fence}${before}${text.toWellFormed()}${after}${fence}`;
};

const linkTarget = (url: string | undefined): string | undefined => {
  const parsed = url ? URL.parse(url) : null;
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined;
  const target = parsed.href.replace(/[()*\\<>"'`|]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return target.length <= maxUrlLength ? target : undefined;
};

const canBeLabel = (text: string): boolean => {
  if (/\w:\/\//.test(text)) return false;
  let depth = 0;
  for (const character of text) {
    if (character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    if (depth < 0 || depth > 1) return false;
  }
  return depth === 0;
};

const inlinePart = (part: Inline): { text: string; isStyled: boolean } => {
  const { text, bold, italic, code, url } = typeof part === 'string' ? { text: part } : part;
  const [, before = '', core = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  const target = linkTarget(url);
  if (core === '' || !(bold || italic || code || target)) return { text: escaped(text), isStyled: false };
  const content = code ? codeSpan(oneLine(core)) : escaped(target ? oneLine(core) : core);
  const linked = target && canBeLabel(core) ? `[${content}](${target})` : content;
  // Whitespace just inside a mark would disable it. Code gets no marks, because its content could end them.
  const mark = code ? '' : `${italic ? '*' : ''}${bold ? '**' : ''}`;
  return { text: `${before}${mark}${linked}${mark}${after}`, isStyled: mark !== '' || code === true };
};

export const inlineMarkdown = (content: readonly Inline[]): string => {
  let result = '';
  let afterStyled = false;
  for (const part of content) {
    const { text, isStyled } = inlinePart(part);
    // Discord reads adjacent marks as one.
    const touches = afterStyled && isStyled && /[*`]$/.test(result) && /^[*`]/.test(text);
    result += touches ? `\u200b${text}` : text;
    if (text !== '') afterStyled = isStyled;
  }
  return result;
};

export const codeBlock = (text: string): string => {
  // A block allows no escapes. An invisible space splits any text that would end the block or a preceding link label.
  const content = text.toWellFormed().replaceAll('```', '`\u200b`\u200b`').replaceAll('](', ']\u200b(');
  return `\`\`\`\n${content}\n\`\`\``;
};

/** In characters, narrow enough for a phone. */
const chartWidths = { label: 14, bar: 16, value: 14 };

const barsPerBlock = 40;

export const chartTexts = (chart: Chart): string[] => {
  const title = inlineMarkdown([{ text: oneLine(chart.title).trim(), bold: true }]);
  const [first, ...others] = chunksOf(chartLines(chart, chartWidths), barsPerBlock).map((lines) =>
    codeBlock(lines.join('\n')),
  );
  return first === undefined ? [title] : [`${title}\n${first}`, ...others];
};
