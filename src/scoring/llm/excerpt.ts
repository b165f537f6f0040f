const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** A last sentence that is longer than this share of an excerpt leaves too little for the first ones. */
const maxLastShare = 0.4;

/** The first sentences, in at most `length` characters. If they are short, cuts after a word instead. */
const beginningOf = (text: string, length: number): string => {
  const cut = sentences.segment(text).containing(length);
  const end = cut ? text.slice(0, cut.index).trimEnd().length : 0;
  if (end >= length / 2) return text.slice(0, end);
  const space = text.lastIndexOf(' ', length - 1);
  return `${text.slice(0, space >= length / 2 ? space : length - 1)}…`;
};

/**
 * The first sentences and the last one, in at most `length` characters. An abstract says first what it is about and
 * last what was found; without the last sentence, rankings by excerpts are worse (see docs/performance.md).
 */
export const excerptOf = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const last =
    sentences
      .segment(text)
      .containing(text.length - 1)
      ?.segment.trim() ?? '';
  if (last.length > length * maxLastShare) return beginningOf(text, length);
  return `${beginningOf(text, length - last.length - 1)} ${last}`;
};
