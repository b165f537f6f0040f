/** `source` is the part as written; joined, the sources of all parts are the original text. */
export type TextPart = {
  kind: 'text' | 'inline' | 'display';
  text: string;
  source: string;
};

/** In UTF-16 units. A longer formula is treated as unclosed. */
const maxLength = 4000;

const environments =
  /\\begin\s*\{((?:displaymath|math|equation|align|alignat|aligned|gather|gathered|multline|eqnarray|split|cases|array|[bBpvV]?matrix|smallmatrix|CD)\*?)\}/y;

const textCommand = /\\(?:text[a-z]*|[mh]box)\s*\{/y;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** End of the group whose opening brace is right before `from`; `from` itself if the group is not closed. */
const endOfGroup = (text: string, from: number, limit: number): number => {
  let depth = 1;
  for (let at = from; at < limit; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return from;
};

/** Index of the next dollar sign that is neither escaped nor inside a text command; -1 for none. */
const nextDollar = (text: string, from: number): number => {
  const limit = Math.min(text.length, from + maxLength);
  for (let at = from; at < limit; ) {
    const character = text[at];
    if (character === '$') return at;
    if (character !== '\\') at += 1;
    else {
      const command = matchAt(textCommand, text, at);
      at = command ? endOfGroup(text, at + command[0].length, limit) : at + 2;
    }
  }
  return -1;
};

const hasTex = (text: string): boolean => /[\\^_{}]/.test(text);

const isProse = (text: string): boolean =>
  /(?<![A-Za-z])[A-Za-z]{3,}[,;]?\s+[A-Za-z]{2,}/.test(text.replace(/\{[^{}]*\}/g, '').replace(/\\[A-Za-z]+/g, ''));

const money =
  /^\d[\d.,]*(?:[kKMBT]|bn)?\s+(?:a|an|and|are|as|at|by|each|for|from|in|is|of|on|or|per|the|than|to|US|USD|versus|vs|was|while|with|[mb]illion|trillion)\b/;

const isBalanced = (text: string): boolean =>
  (text.match(/[([]/g) ?? []).length === (text.match(/[)\]]/g) ?? []).length;

/**
 * True if the text between two dollar signs is mathematics, not the text between two prices. The rules are pandoc's
 * (no white space inside the dollar signs, no digit after the second; manual, `tex_math_dollars`), except that TeX
 * that is not prose is always mathematics: `$ x_i $`, `$\sim$10`.
 */
const isInline = (content: string, after: string): boolean => {
  if (content.trim() === '' || money.test(content)) return false;
  const isTight = /^\S/.test(content) && /\S$/.test(content);
  if (hasTex(content)) return !isProse(content) || (isTight && isBalanced(content));
  const isNumber = /^\s*\d/.test(content);
  if (isProse(content) || (isNumber && !isBalanced(content))) return false;
  if (/\d/.test(after)) return isTight && !isNumber && !/\s/.test(content);
  // White space on both sides or on neither: `$ n $`, but not "$n and m $".
  return isTight || (/^\s.*\s$/s.test(content) && !isNumber && !/[A-Za-z]{2,}/.test(content) && /\w/.test(content));
};

const part = (kind: TextPart['kind'], text: string, from: number, margin: number, to: number): TextPart => ({
  kind,
  text: text.slice(from + margin, to - margin),
  source: text.slice(from, to),
});

const inDollars = (text: string, at: number): TextPart | undefined => {
  if (text[at + 1] === '$') {
    const close = nextDollar(text, at + 2);
    if (close < 0 || text[close + 1] !== '$' || text.slice(at + 2, close).trim() === '') return undefined;
    return part('display', text, at, 2, close + 2);
  }
  const close = nextDollar(text, at + 1);
  if (close < 0 || !isInline(text.slice(at + 1, close), text[close + 1] ?? '')) return undefined;
  return part('inline', text, at, 1, close + 1);
};

const inBrackets = (text: string, at: number): TextPart | undefined => {
  const [kind, closing] = text[at + 1] === '(' ? (['inline', '\\)'] as const) : (['display', '\\]'] as const);
  const close = text.slice(at + 2, at + 2 + maxLength).indexOf(closing);
  if (close < 0 || text.slice(at + 2, at + 2 + close).trim() === '') return undefined;
  return part(kind, text, at, 2, at + 4 + close);
};

const inEnvironment = (text: string, at: number): TextPart | undefined => {
  const opening = matchAt(environments, text, at);
  if (!opening) return undefined;
  const closing = `\\end{${opening[1]}}`;
  const close = text.slice(at, at + maxLength).indexOf(closing);
  return close < 0 ? undefined : part('display', text, at, 0, at + close + closing.length);
};

const mathematicsAt = (text: string, at: number): TextPart | undefined => {
  if (text[at] === '$') return inDollars(text, at);
  if (text[at + 1] === '(' || text[at + 1] === '[') return inBrackets(text, at);
  return text[at + 1] === 'b' ? inEnvironment(text, at) : undefined;
};

/**
 * Splits an abstract into prose and mathematics: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and environments such as
 * `\begin{align}…\end{align}`. Prices remain prose. No part is empty.
 */
export const splitMathematics = (text: string): TextPart[] => {
  const parts: TextPart[] = [];
  let start = 0;
  const addText = (to: number): void => {
    if (to > start) parts.push(part('text', text, start, 0, to));
  };
  const sign = /[$\\]/g;
  for (let match = sign.exec(text); match; match = sign.exec(text)) {
    const found = mathematicsAt(text, match.index);
    if (!found) {
      // Skip the character after a backslash, because `\$` does not start a formula.
      if (match[0] === '\\') sign.lastIndex += 1;
      continue;
    }
    addText(match.index);
    parts.push(found);
    start = match.index + found.source.length;
    sign.lastIndex = start;
  }
  addText(text.length);
  return parts;
};
