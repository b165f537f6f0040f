import type { Inline } from '../../core/message.ts';

/** Longest address that is made a link. */
const urlLength = 512;

/**
 * Characters that begin something in Discord's markdown: emphasis, code, spoilers, mentions, timestamps and custom emoji
 * (all in angle brackets), masked links, addresses and emoji names. A colon before a space begins nothing. A bracket that
 * ends a label is one to Discord even where it is escaped, so what may follow it is too.
 */
const special = /[\\*_~`|<[\]@]|:(?!\s)|(?<=^|\])\(/g;

/** What begins a heading, a quotation, small print or a list, where it begins a line; an arXiv id begins no list. */
const lineStart = /^(\s*)([-+#>]|\d+(?=[.)](?:\s|$)))/gm;

/** Plain text in Discord's markdown, shown as it is: https://docs.discord.com/developers/reference#message-formatting */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(special, '\\$&')
    .replace(lineStart, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
    );

/** The text that was escaped. */
export const unescaped = (markdown: string): string => markdown.replace(/\\([^0-9A-Za-z\s])/g, '$1');

export const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ');

/**
 * Text as code in a line, between more backticks than stand together in it; plain where three would begin a block, or
 * where it could end the label of a link before it.
 */
const codeSpan = (text: string): string => {
  if (text.includes('``') || text.includes('](')) return escaped(text);
  const fence = text.includes('`') ? '``' : '`';
  const [before, after] = [text.startsWith('`') ? ' ' : '', text.endsWith('`') ? ' ' : ''];
  return `${fence}${before}${text.toWellFormed()}${after}${fence}`;
};

/** An address that can stand in a masked link; undefined for any but http and https. */
const linkTarget = (url: string | undefined): string | undefined => {
  const parsed = url ? URL.parse(url) : null;
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined;
  const target = parsed.href.replace(/[()*\\<>"'`|]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return target.length <= urlLength ? target : undefined;
};

/** Discord makes no link of a label that has brackets without their counterparts, or that looks like an address. */
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
  // White space next to a mark would keep it from being one; what code holds would end it.
  const mark = code ? '' : `${italic ? '*' : ''}${bold ? '**' : ''}`;
  return { text: `${before}${mark}${linked}${mark}${after}`, isStyled: mark !== '' || code === true };
};

/** Inline content in Discord's markdown. */
export const inlineMarkdown = (content: readonly Inline[]): string => {
  let result = '';
  let afterStyled = false;
  for (const part of content) {
    const { text, isStyled } = inlinePart(part);
    // Marks that touch would be read as one.
    const touches = afterStyled && isStyled && /[*`]$/.test(result) && /^[*`]/.test(text);
    result += touches ? `\u200b${text}` : text;
    if (text !== '') afterStyled = isStyled;
  }
  return result;
};

export const codeBlock = (text: string): string => {
  // Nothing can be escaped in a block: what would end it, or the label of a link before it, is parted invisibly.
  const content = text.toWellFormed().replaceAll('```', '`\u200b`\u200b`').replaceAll('](', ']\u200b(');
  return `\`\`\`\n${content}\n\`\`\``;
};
