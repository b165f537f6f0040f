/** Combining marks of TeX's accents. Written here anew: the reading that is compared must not be its own measure. */
const marks: Readonly<Record<string, string>> = {
  ...{ "'": '\u0301', '`': '\u0300', '^': '\u0302', '"': '\u0308', '~': '\u0303', '=': '\u0304', '.': '\u0307' },
  ...{ c: '\u0327', v: '\u030c', u: '\u0306', H: '\u030b', k: '\u0328', r: '\u030a' },
};
const letters: Readonly<Record<string, string>> = { o: 'ø', O: 'Ø', l: 'ł', L: 'Ł', ss: 'ß', ae: 'æ', aa: 'å', i: 'i' };

/** Applies a change to what is not between dollar signs. */
const outsideMathematics = (change: (text: string) => string) => (text: string) =>
  text
    .split(/((?<!\\)\$[^$]+\$)/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');

/** `\'e`, `{\"o}`, `\v{c}` and `{\o}` as Unicode. */
export const accents = outsideMathematics((text) =>
  text
    .replace(/\{\\(ss|ae|aa|[oOlLi])\}/g, (_, name: string) => letters[name] ?? '')
    .replace(/\\(ss|ae|aa|[oOlL])(?:\{\}|(?![A-Za-z]) ?)/g, (_, name: string) => letters[name] ?? '')
    .replace(/\{\\(['`^"~=.])\\?([A-Za-z])\}/g, (_, mark: string, letter: string) => letter + marks[mark])
    .replace(/\\(['`^"~=.])\{?\\?([A-Za-z])\}?/g, (_, mark: string, letter: string) => letter + marks[mark])
    .replace(/\\([cvuHkr])\{([A-Za-z])\}/g, (_, mark: string, letter: string) => letter + marks[mark])
    .normalize('NFC'),
);

/** `\emph{word}` and `{\bf word}` as the word. */
export const fonts = outsideMathematics((text) => {
  let [before, after] = ['', text];
  while (before !== after) {
    before = after;
    after = after.replace(/\\(?:emph|underline|text[a-z]{2})\{([^{}]*)\}|\{\\(?:bf|it|em|tt) ([^{}]*)\}/g, '$1$2');
  }
  return after;
});

/** `\%` as `%`. */
export const escapes = outsideMathematics((text) => text.replace(/\\([%&_#$])/g, '$1'));

/** `\href{address}{words}` as the words with the address after them. */
export const links = (text: string): string => text.replace(/\\href\{([^{}]*)\}\{([^{}]*)\}/g, '$2 ($1)');

/** The tie of `Figure~1` as a space. */
export const ties = outsideMathematics((text) => text.replace(/(?<=\w)~(?=[\w\\])/g, ' '));

/** Mathematics without `<` and `>`. */
export const safeMathematics = (text: string): string =>
  text.replace(/(?<!\\)\$[^$]+\$/g, (formula) => formula.replaceAll('<', '\\lt ').replaceAll('>', '\\gt '));

/** A text on one line, with single spaces. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
