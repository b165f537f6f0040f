import { scriptOf, symbolOf } from './plain.ts';

/** Characters that turn the direction of writing, and with it the text around theirs, without being seen. */
const direction = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text without the characters that turn the direction of writing. */
export const withoutDirection = (text: string): string => text.replace(direction, '');

const scriptSigns = { superscript: '^', subscript: '_' } as const;

/** Repetitions that can begin at any space have an end: else ten thousand spaces would be read ten thousand times. */
const commands = (text: string): string =>
  text
    // arXiv's own reading of `\beta` as an accent: `\b{eta}`.
    .replace(/\\([a-zA-Z])\{([a-z]+)\}/g, (whole, first: string, rest: string) => symbolOf(first + rest) ?? whole)
    .replace(/\{\\([A-Za-z]+)\}/g, (whole, name: string) => symbolOf(name) ?? whole)
    .replace(/\\([A-Za-z]{2,})(?![A-Za-z])(?:\{\})?/g, (whole, name: string) => symbolOf(name) ?? whole)
    .replace(/\\(e\.?g|i\.?e)(?![A-Za-z])\.?/g, (_whole, name: string) => (name.startsWith('e') ? 'e.g.' : 'i.e.'))
    .replace(
      /(\()?[\s~]{0,9}\\cite[a-z]*\*?\s{0,9}(?:\[[^[\]]*\]){0,2}\s{0,9}\{([^{}]*)\}/g,
      (_whole, bracket = ' ', keys = '') => {
        return `${bracket}[${keys.trim()}]`;
      },
    )
    .replace(
      /\s{0,9}\\footnote(?:\[\d*\])?\{([^{}]*)\}/g,
      (_whole, note: string) => ` (${note.trim().replace(/\.$/, '')})`,
    )
    .replace(/\\(?:href|hyperlink)\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '$2 ($1)')
    .replace(/\\textcolor\s*\{[^{}]*\}\s*\{([^{}]*)\}/g, '$1')
    .replace(
      /\\text(superscript|subscript)\s*\{([^{}]*)\}/g,
      (_whole, name: 'superscript' | 'subscript', text: string) => {
        return scriptOf(scriptSigns[name], text) ?? text;
      },
    )
    .replace(/\\[,;: ]/g, ' ')
    .replace(/\\--?/g, '-')
    .replace(/\\[/@!]/g, '');

/**
 * Prose as a reader wants to see it: TeX's quotation marks and dashes as such, and what it has left of TeX's commands as
 * characters where there are such. Only what is shown changes, never what is stored.
 */
export const smoothProse = (text: string): string => {
  const plain = withoutDirection(text);
  if (!/[\\`~]|--/.test(plain)) return plain;
  const resolved = plain.includes('\\') ? commands(plain) : plain;
  const quoted = resolved.includes('`')
    ? resolved
        .replace(/(?<!`)``(?!`)/g, '“')
        .replace(/(?<![\w`‘])`([^`'\s](?:[^`']{0,80}[^`'\s])?)'(?![\w'])/g, '‘$1’')
        .replace(/(?<!')''(?!')/g, '”')
    : resolved;
  return quoted
    .replace(/(?<=\d)~(?=\p{L})/gu, ' ')
    .replace(/(?<!-)---(?!-)/g, '—')
    .replace(/(?<=^|[\p{L}\p{N}.,)\]”’%])--(?=$|[\p{L}\p{N}([“‘])|(?<=^|\s)--(?=\s|$)/gu, '–');
};

/** What a formula says that is none, but a link or a character by its number; undefined for any other. */
export const proseOf = (tex: string): string | undefined => {
  const [, number] = /^\s*\\unicode\s*\{x([0-9a-fA-F]{1,6})\}\s*$/.exec(tex) ?? [];
  const code = Number.parseInt(number ?? '', 16);
  if (code > 0x1f && code <= 0x10ffff) return withoutDirection(String.fromCodePoint(code).toWellFormed());
  const [, url, inCommand, bare] =
    /^\s*\\href\s*\{([^{}]*)\}\s*\{(?:\\text[a-z]*\s*\{([^{}]*)\}|([^{}\\]*))\}\s*$/.exec(tex) ?? [];
  if (url === undefined) return undefined;
  const text = (inCommand ?? bare ?? '').trim();
  return text === '' || text === url ? url : `${text} (${url})`;
};
