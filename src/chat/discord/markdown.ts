import type { Chart, Inline } from '../../core/message.ts';
import { shorten } from '../../core/paper-text.ts';

/** Longer addresses are not linked. */
const maxUrlLength = 512;

/**
 * Characters that begin something in Discord's markdown: emphasis, code, spoilers, mentions, timestamps and custom emoji
 * (all in angle brackets), masked links, addresses and emoji names. A colon before a space begins nothing. Discord ends a
 * label even at an escaped bracket, so the parenthesis after it is escaped too.
 */
const special = /[\\*_~`|<[\]@]|:(?!\s)|(?<=^|\])\(/g;

/** What begins a heading, a quotation, small print or a list at the start of a line; an arXiv id begins no list. */
const lineStart = /^(\s*)([-+#>]|\d+(?=[.)](?:\s|$)))/gm;

/** Escapes plain text, so that Discord shows it as it is: https://docs.discord.com/developers/reference#message-formatting */
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
 * Inline code, between more backticks than the text has in a row. It is plain text instead if three backticks would begin
 * a block, or if it could end the label of a link before it.
 */
const codeSpan = (text: string): string => {
  if (text.includes('``') || text.includes('](')) return escaped(text);
  const fence = text.includes('`') ? '``' : '`';
  const [before, after] = [text.startsWith('`') ? ' ' : '', text.endsWith('`') ? ' ' : ''];
  return `${fence}${before}${text.toWellFormed()}${after}${fence}`;
};

/** An http or https address as a masked link takes it; undefined for any other. */
const linkTarget = (url: string | undefined): string | undefined => {
  const parsed = url ? URL.parse(url) : null;
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined;
  const target = parsed.href.replace(/[()*\\<>"'`|]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return target.length <= maxUrlLength ? target : undefined;
};

/** Discord links no label with unpaired brackets, and none that looks like an address. */
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
  // White space inside a mark would disable it; the content of code could end it.
  const mark = code ? '' : `${italic ? '*' : ''}${bold ? '**' : ''}`;
  return { text: `${before}${mark}${linked}${mark}${after}`, isStyled: mark !== '' || code === true };
};

export const inlineMarkdown = (content: readonly Inline[]): string => {
  let result = '';
  let afterStyled = false;
  for (const part of content) {
    const { text, isStyled } = inlinePart(part);
    // Discord reads marks that touch as one.
    const touches = afterStyled && isStyled && /[*`]$/.test(result) && /^[*`]/.test(text);
    result += touches ? `\u200b${text}` : text;
    if (text !== '') afterStyled = isStyled;
  }
  return result;
};

export const codeBlock = (text: string): string => {
  // A block allows no escapes, so an invisible space splits what would end it, or the label of a link before it.
  const content = text.toWellFormed().replaceAll('```', '`\u200b`\u200b`').replaceAll('](', ']\u200b(');
  return `\`\`\`\n${content}\n\`\`\``;
};

/** In characters, narrow enough for a phone. */
const chartWidths = { label: 14, bar: 16, value: 14 } as const;

/** Bars in one code block. */
const barsPerBlock = 40;

/** Each is wider than the one before by an eighth of a character. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

const barOf = (value: number, largest: number): string => {
  const isShown = Number.isFinite(value) && value > 0;
  const filled = isShown ? Math.max(1, Math.round((value / largest) * chartWidths.bar * 8)) : 0;
  return '█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8];
};

const widthOf = (text: string): number => [...text].length;
const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));
const spaces = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text)));

/** A chart's bars as lines of text with three columns: label, bar and value. */
const chartLines = ({ bars }: Chart): string[] => {
  const cell = (text: string, width: number) => shorten(oneLine(text).toWellFormed().trim(), width);
  const largest = Math.max(0, ...bars.map(({ value }) => value).filter(Number.isFinite));
  const rows = bars.map(({ label, value, shown }) => ({
    label: cell(label, chartWidths.label),
    bar: barOf(value, largest),
    value: cell(shown, chartWidths.value),
  }));
  const columns = {
    label: widest(rows.map((row) => row.label)),
    bar: widest(rows.map((row) => row.bar)),
    value: widest(rows.map((row) => row.value)),
  };
  return rows.map(({ label, bar, value }) => {
    const [left, middle] = [label + spaces(label, columns.label), bar + spaces(bar, columns.bar)];
    return `${left} ${middle} ${spaces(value, columns.value)}${value}`;
  });
};

/** A chart as its title and code blocks of bars. The first text holds the title and the first block. */
export const chartTexts = (chart: Chart): string[] => {
  const title = inlineMarkdown([{ text: oneLine(chart.title).trim(), bold: true }]);
  const lines = chartLines(chart);
  if (lines.length === 0) return [title];
  const blocks = Array.from({ length: Math.ceil(lines.length / barsPerBlock) }, (_, nth) =>
    codeBlock(lines.slice(nth * barsPerBlock, (nth + 1) * barsPerBlock).join('\n')),
  );
  return blocks.map((block, nth) => (nth === 0 ? `${title}\n${block}` : block));
};
