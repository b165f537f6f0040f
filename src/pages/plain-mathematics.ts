import { splitMathematics } from '../core/mathematics.ts';
import { proseOf, smoothProse, withoutDirection } from './prose.ts';
import { blackboard, scriptOf, symbolOf } from './tex-symbols.ts';

/** Deeper nesting is not read simply. */
const deepest = 8;

const marks: Readonly<Record<string, string>> = {
  tilde: '\u0303',
  widetilde: '\u0303',
  hat: '\u0302',
  widehat: '\u0302',
  bar: '\u0304',
  overline: '\u0304',
  vec: '\u20d7',
  dot: '\u0307',
  ddot: '\u0308',
};

const functions =
  /([\p{L}\p{N})\]])?\\(a?r?c?(?:cos|sin|tan)h?|deg|det|dim|exp|gcd|inf|ker|lg|lim|ln|log|max|min|mod|Pr|sup|arg(?:max|min)?)(?![A-Za-z])/gu;

/** A number, or a name with its marks, exponents and indices. */
const word = /^(?:[\d.]+|[\p{L}\p{M}\p{No}]+|.)?$/u;
const oneLetter = /^(?:[\d.]+|\p{L}[\p{M}\p{No}\p{Lm}]*|.)?$/u;

/** In parentheses, unless it is one thing. */
const parenthesized = (text: string, single = word): string => (single.test(text) ? text : `(${text})`);

const script = (whole: string, sign: '^' | '_', braced?: string, bare?: string): string => {
  const text = (braced ?? bare ?? '').trim();
  if (text === '∘' && sign === '^') return '°';
  if (/[\\{}^_]/.test(text)) return whole;
  // Marked, so that it is not read again as a script.
  return scriptOf(sign, text.replace(/\s/g, '')) ?? `${sign === '^' ? '\ue002' : '\ue003'}${parenthesized(text)}`;
};

const innermost = (tex: string): string =>
  tex
    .replace(/(\^|_)(?:\{([^{}]*)\}|([^\s\\{}^_]))/g, script)
    .replace(
      /\\[dt]?frac\s*(?:\{([^{}]*)\}\s*\{([^{}]*)\}|(\d)\s*(\d))/g,
      (_whole, top = '', under = '', a = '', b = '') => {
        return `${parenthesized(top + a)}/${parenthesized(under + b)}`;
      },
    )
    .replace(
      /\\sqrt\s*(?:\{([^{}]*)\}|(\w))/g,
      (_whole, braced = '', bare = '') => `√${parenthesized(braced + bare, oneLetter)}`,
    )
    .replace(/\\mathbb\s*(?:\{([^{}]*)\}|([A-Z]))/g, (_whole, braced = '', bare = '') => blackboard(braced + bare))
    .replace(
      /\\(widetilde|widehat|overline|tilde|hat|bar|vec|ddot|dot)\s*(?:\{\s*(\p{L})\s*\}|(?<=[a-z]\s+)(\p{L}))/gu,
      (_whole, name: string, braced = '', bare = '') => `${braced}${bare}${marks[name] ?? ''}`.normalize('NFC'),
    )
    .replace(
      /\\(?:text[a-z]*|mathrm|mathbf|mathsf|mathit|mathtt|mathcal|mathscr|mathfrak|boldsymbol|bm|mbox|operatorname\*?|emph|underline)\s*(?:\{([^{}]*)\}|(?<=\s)([A-Za-z])|(?<=[a-z])([A-Z\d]))/g,
      '$1$2$3',
    )
    .replace(/(?<![\\^_}\]]|\\[A-Za-z]+\*?\s*)\{([^{}]*)\}/g, '$1');

const readable = (tex: string): string | undefined => {
  let text = tex
    .replace(/\\([%#&$_])/g, (_whole, sign: string) => (sign === '_' ? '\ue003' : sign))
    .replace(/\\\{/g, '\ue000')
    .replace(/\\\}/g, '\ue001')
    .replace(/\\(?:left|right|[bB]igg?[lrm]?|limits|displaystyle|textstyle|rm|bf|it|sf|tt|cal)(?![A-Za-z])\s*\.?/g, '')
    .replace(/\\[,;: ]|~|\\q?quad(?![A-Za-z])/g, ' ')
    .replace(/\\[!/@-]/g, '')
    .replace(functions, (_whole, before: string | undefined, name: string) => `${before ? `${before} ` : ''}${name}`)
    .replace(/(?<=(\S?))\\([A-Za-z]+|\|)( ?)/g, (whole, before: string, name: string, space: string) => {
      const symbol = symbolOf(name);
      if (symbol === undefined) return whole;
      // `5\times 5` has its space only to end the command's name.
      return before === '' || /\p{L}/u.test(symbol) ? symbol + space : symbol;
    });
  for (let depth = 0; depth < deepest && /[\\{}^_]/.test(text); depth += 1) text = innermost(text);
  if (/[\\{}^_]/.test(text)) return undefined;
  const signs: Readonly<Record<string, string>> = { '\ue000': '{', '\ue001': '}', '\ue002': '^', '\ue003': '_' };
  return text
    .replace(/[\ue000-\ue003]/g, (mark) => signs[mark] ?? mark)
    .replace(/\s+/g, ' ')
    .trim();
};

/**
 * A paper's text as plain text, for the title of a page and for feeds: mathematics in Unicode where it can be read on one
 * line (`$O(n^2)$` is O(n²)), else its TeX without the dollar signs.
 */
export const plainMathematics = (text: string): string =>
  splitMathematics(text)
    .map((part) => {
      if (part.kind === 'text') return smoothProse(part.text);
      const tex = withoutDirection(part.text);
      return proseOf(tex) ?? readable(tex) ?? tex.trim();
    })
    .join('');
