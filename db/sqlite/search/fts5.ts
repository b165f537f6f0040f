import type { Match } from '../../search/archive.ts';
import type { Term } from '../../search/terms.ts';

/** A term in FTS5's syntax. Its words have only letters and digits, so they need no escaping. */
const termText = ({ words, isPrefix }: Term): string => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`;

/** A match in FTS5's syntax. The tokenizer of FTS5 folds and stems the words again. */
export const expressionOf = (match: Match): string => {
  if ('term' in match) return `${match.field ? `${match.field} : ` : ''}${termText(match.term)}`;
  if ('all' in match) return match.all.map((one) => `(${expressionOf(one)})`).join(' AND ');
  return match.any.map((one) => `(${expressionOf(one)})`).join(' OR ');
};
