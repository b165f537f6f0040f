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

/** "Spatial/Temporal Modeling" → "Spatial Modeling" and "Temporal Modeling". "I/O" is unchanged. */
const alternatives = (phrase: string): string[] => {
  const spaced = phrase.split(/\s+\/\s+/);
  if (spaced.length > 1) return spaced.flatMap(alternatives);
  const words = phrase.split(' ');
  const at = words.findIndex((word) => /^[^/]{2,}(?:\/[^/]{2,})+$/.test(word));
  if (at < 0) return [phrase];
  const variants = words[at]?.split('/') ?? [];
  return variants.flatMap((word) => alternatives([...words.slice(0, at), word, ...words.slice(at + 1)].join(' ')));
};

/** The terms of a list, without duplicates: those in parentheses too, and each alternative of "Compression/Efficiency". */
export const keywordTerms = (list: string): string[] => {
  const terms = splitList(list)
    .flatMap((entry) => {
      const aside = /\(([^()]*)\)/.exec(entry);
      const main = entry.replace(/\([^()]*\)/g, ' ');
      const inner = aside?.[1]?.replace(/^\s*(?:e\.g\.|i\.e\.|such as|like)[,:]?\s*/i, '') ?? '';
      return [main, ...splitList(inner)];
    })
    .map((term) => term.replace(/\s+/g, ' ').trim())
    .map((term) => term.replace(/^(?:and|or)\s+/i, '').replace(/[.\s]+$/, ''))
    .filter((term) => term !== '' && !/^etc$/i.test(term))
    .flatMap(alternatives);
  return [...new Set(terms)];
};
