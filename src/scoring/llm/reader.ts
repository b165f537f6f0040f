import { jsonrepair } from 'jsonrepair';
import { parseJson } from '../../core/json.ts';

/** In characters. No model writes more in one answer, but a hostile server could. */
const maxLength = 1_000_000;

/** Maximum nesting of brackets. */
export const maxDepth = 20;

const tagNames = '(?:[a-z]+:)?(?:think|thinking|thoughts?|reasoning|reflection)';
const thinkingStart = new RegExp(
  `<${tagNames}\\s*>|\\[THINK\\]|◁think▷|<\\|begin_of_thought\\|>|<\\|channel\\|>analysis`,
  'iy',
);
const thinkingEnd = new RegExp(
  `</${tagNames}\\s*>|\\[/THINK\\]|◁/think▷|<\\|end_of_thought\\|>|<\\|channel\\|>final`,
  'iy',
);

const lengthAt = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
};

/** An answer in plain text without thinking blocks, and without the fence that surrounds all of it. */
export const readText = (answer: string): string => {
  let text = '';
  let isThinking = false;
  const source = answer.slice(0, maxLength);
  for (let at = 0; at < source.length; at += 1) {
    const endLength = lengthAt(thinkingEnd, source, at);
    const startLength = endLength > 0 ? 0 : lengthAt(thinkingStart, source, at);
    if (endLength > 0) [text, isThinking] = ['', false];
    else if (startLength > 0) isThinking = true;
    else if (!isThinking) text += source[at];
    at += Math.max(0, endLength + startLength - 1);
  }
  const fenced = /^\s*```[\w-]*[^\S\n]*\n([\s\S]*?)\n\s*```\s*$/.exec(text);
  return (fenced?.[1] ?? text).trim();
};

const closers: Record<string, string | undefined> = { '{': '}', '[': ']' };

const neighbor = (text: string, from: number, step: 1 | -1): string | undefined => {
  let at = from + step;
  while (/\s/.test(text[at] ?? '')) at += step;
  return text[at];
};

/** Models leave quotation marks inside strings unescaped, so only one next to JSON's punctuation counts. */
const startsString = (text: string, at: number): boolean => '{[,:"'.includes(neighbor(text, at, -1) ?? '{');
const endsString = (text: string, at: number): boolean => ',:}]"'.includes(neighbor(text, at, 1) ?? '}');

const escapes: Record<string, string | undefined> = { '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * The JSON objects and lists in a text, with quotation marks and line breaks in their strings escaped. Leaves out
 * thinking blocks. A block without a start tag begins with the text; one without an end tag lasts to the end. A
 * truncated value is closed after its last complete object or list.
 */
const jsonTexts = (text: string): string[] => {
  let found: string[] = [];
  let open: string[] = [];
  let written = '';
  let complete: { length: number; open: string[] } | undefined;
  let isString = false;
  let isThinking = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (isString) {
      if (char === '\\') at += 1;
      isString = char !== '"' || !endsString(text, at);
      written += char === '\\' ? char + (text[at] ?? '') : isString ? (escapes[char] ?? char) : char;
      continue;
    }
    if (char === '<' || char === '[' || char === '◁') {
      const endLength = lengthAt(thinkingEnd, text, at);
      const startLength = open.length === 0 ? lengthAt(thinkingStart, text, at) : 0;
      if (endLength > 0) [found, open, isThinking] = [[], [], false];
      else if (startLength > 0) isThinking = true;
      if (endLength + startLength > 0) {
        at += endLength + startLength - 1;
        continue;
      }
    }
    if (isThinking) continue;
    const closer = closers[char];
    if (closer && open.length === 0) [written, complete] = ['', undefined];
    written += char;
    if (closer) open = open.length < maxDepth ? [...open, closer] : [];
    else if (char === '"') isString = open.length > 0 && startsString(text, at);
    else if ((char === '}' || char === ']') && open.includes(char)) {
      open = open.slice(0, open.lastIndexOf(char));
      if (open.length === 0) found.push(written);
      else complete = { length: written.length, open };
    }
  }
  if (open.length > 0 && complete) found.push(written.slice(0, complete.length) + complete.open.toReversed().join(''));
  return found;
};

/** TeX commands whose first letter is also a JSON escape that a comment may contain: a line break or a tab. */
const texCommands = new Set(
  `nabla natural ncong nearrow neg neq newline nexists ngeq ngtr nleftarrow nleq nless nmid norm not notin nparallel nprec
  nrightarrow nsim nsubset nsubseteq nsucc nsupset nsupseteq nu nwarrow ne ni rangle rbrace rbrack rceil ref rfloor rho
  right rightarrow rightharpoonup rightleftharpoons rightsquigarrow rm root rtimes rvert rVert tag tan tanh tau tbinom text
  textbf textit textnormal textrm textsc textsf textstyle texttt tfrac therefore theta thickapprox thicksim tilde times to
  top triangle triangleq triangleleft triangleright`.split(/\s+/),
);

/** After a line break these are words too, such as the Italian "e", so they are commands only within dollar signs. */
const shortCommands = /^(ne|ni|nu|neg|not)$/;

const isInMath = (json: string, at: number): boolean =>
  (json.slice(json.lastIndexOf('"', at), at).match(/\$/g) ?? []).length % 2 === 1;

/** Outside of such JSON, a backslash before an apostrophe is an accent in TeX. */
const isSingleQuoted = /^[\s{[]*(?:"?\w+"?\s*:\s*[{[\s]*)?'/;

/**
 * Doubles the single backslashes that a model writes before TeX commands. Some of those are valid escapes in JSON, so
 * that `\frac` would become a form feed and `rac`.
 */
const withTexEscaped = (json: string): string =>
  json.replace(/\\(?:[\\"/]|u[\da-f]{4}|([a-z]+)|[\s\S])/gi, (written, word: string | undefined, at: number) => {
    if (written === "\\'" && isSingleQuoted.test(json)) return written;
    if (word === undefined) return /^\\(?:[\\"/]|u[\da-f]{4})$/i.test(written) ? written : `\\${written}`;
    if (/^[bf]$/.test(word)) return written;
    if (!/^[nrt]/.test(word)) return `\\${written}`;
    const isCommand = texCommands.has(word) && (!shortCommands.test(word) || isInMath(json, at));
    return isCommand ? `\\${written}` : written;
  });

/** Unquoted numbers that JSON does not have: `9/10`, `+8`. */
const withNumbersQuoted = (json: string): string =>
  json.replace(/(:\s*)(\+?\d+(?:\.\d+)?(?:\s*\/\s*\d+)?)(?=\s*[,}\]])/g, (whole, colon: string, number: string) =>
    /[+/]/.test(number) ? `${colon}"${number}"` : whole,
  );

/** In characters. Far more than an answer needs, and few enough for a repair whose time can grow with their square. */
const maxRepairLength = 100_000;

const repaired = (json: string): unknown => {
  if (json.length > maxRepairLength) return undefined;
  try {
    return JSON.parse(jsonrepair(withNumbersQuoted(json)));
  } catch {
    return undefined;
  }
};

const readValue = (written: string): unknown => {
  const json = withTexEscaped(written);
  return parseJson(json) ?? repaired(json);
};

const innermost = /\{[^{}]*\}/g;

/**
 * Every complete JSON object or list in a model's answer, parsed, in order, whatever surrounds it: code fences,
 * prose, or lines. Repairs what models get wrong, such as trailing commas or TeX in strings; if a list cannot be
 * repaired, returns those of its objects that can. Never throws.
 */
export const readJson = (answer: string): unknown[] => {
  const text = answer.slice(0, maxLength).trim();
  const whole = text.startsWith('"') ? parseJson(text) : undefined;
  return jsonTexts(typeof whole === 'string' ? whole : text)
    .flatMap((json) => {
      const value = readValue(json);
      return value === undefined ? (json.match(innermost) ?? []).map(readValue) : [value];
    })
    .filter((value) => value !== undefined);
};
