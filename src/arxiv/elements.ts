/**
 * Replaces the parts of a text from each opening to the next closing. Takes linear time on any text; a regular expression
 * such as `/<item[^]*?<\/item>/` takes quadratic time if openings have no closing.
 * @param opening With the flag `g`.
 * @param closingOf With the flag `g`; the closing that belongs to an opening.
 */
export const replaceBetween = (
  text: string,
  opening: RegExp,
  closingOf: (opening: RegExpExecArray) => RegExp,
  replaced: (part: string) => string,
): string => {
  const openings = new RegExp(opening);
  /** Closings that do not occur in the rest of the text. */
  const missing = new Set<string>();
  let result = '';
  let from = 0;
  for (let start = openings.exec(text); start; start = openings.exec(text)) {
    const closing = new RegExp(closingOf(start));
    if (missing.has(closing.source)) continue;
    closing.lastIndex = openings.lastIndex;
    if (!closing.exec(text)) {
      missing.add(closing.source);
      continue;
    }
    result += text.slice(from, start.index) + replaced(text.slice(start.index, closing.lastIndex));
    from = closing.lastIndex;
    openings.lastIndex = from;
  }
  return result + text.slice(from);
};

/** Splits a text into the parts from each opening to the next closing, and the rest. */
export const splitBetween = (text: string, opening: RegExp, closing: RegExp): { parts: string[]; rest: string } => {
  const parts: string[] = [];
  const rest = replaceBetween(
    text,
    opening,
    () => closing,
    (part) => {
      parts.push(part);
      return ' ';
    },
  );
  return { parts, rest };
};
