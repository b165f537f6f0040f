/** Splits at commas and semicolons that are not in parentheses. */
export const splitList = (text: string): string[] => {
  const entries: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '(') depth += 1;
    else if (sign === ')') depth = Math.max(0, depth - 1);
    else if ((sign === ',' || sign === ';') && depth === 0) {
      entries.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...entries, text.slice(start)];
};

const greeting =
  '(?:hi|hello|hey|dear|greetings|hallo|bonjour|hola|ciao|guten (?:tag|morgen)|good (?:morning|day|evening))';
const thanks = '(?:(?:many )?thanks|thank you|thx|cheers|(?:best|kind) (?:regards|wishes)|regards|danke|merci|gracias)';
const greeted = '(?: (?:there|all|everyone|everybody|team|folks|friends|colleagues|paperboy|bot|again))*';
const greetings = [
  new RegExp(`^${greeting}${greeted}\\s*(?:[!,.:👋😊🙂]+\\s*|$)`, 'iu'),
  new RegExp(`^${greeting}(?: [\\p{L}’'-]+){0,3}\\s*[!,]+$`, 'iu'),
  new RegExp(`^${thanks}(?! to\\b)(?:[ ,](?:[\\p{L}’'-]+ ?){0,4})?[!,. 🙏]*$`, 'iu'),
];

/** A text without "Hi!" at its start. Empty if it only greets or thanks. */
export const withoutGreeting = (text: string): string =>
  greetings.reduce((rest, pattern) => rest.replace(pattern, ''), text);

const isMarked = (entry: string): boolean => /^\s*[-–−!]\p{L}/u.test(entry);
const isPositive = (entry: string): boolean => /^\s*(?:\p{L}|\+\p{L}|[\d*_("']|[-*+]\s)/u.test(entry);
const maxEntryWords = 6;

/**
 * Strikes the entries of a row of keywords that begin with a minus or an exclamation mark: "graphs, -games" →
 * "graphs, ~~games~~". A row that only begins with a sign may be a list without spaces, so it stays.
 */
export const withSignsStruck = (rows: readonly string[]): string[] => {
  const hasPlain = rows.some((row) => splitList(row).some(isPositive));
  return rows.map((row) => {
    const entries = splitList(row);
    const marked = entries.filter((entry) => isMarked(entry) && entry.trim().split(/\s+/).length <= maxEntryWords);
    const isMixed =
      hasPlain && (marked.length > 1 || marked.some((entry) => entry !== entries[0] || /^\s*!/.test(entry)));
    if (!isMixed) return row;
    let end = -1;
    return entries
      .map((entry) => {
        end += 1 + entry.length;
        const text = marked.includes(entry)
          ? entry.replace(/^(\s*)\S(.*?)([\s.]*)$/u, '$1~~$2~~')
          : entry.replace(/^(\s*)\+(?=\p{L})/u, '$1');
        return text + (row[end] ?? '');
      })
      .join('');
  });
};
