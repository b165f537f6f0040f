import { plainSigns, unquoted } from './folding.ts';
import type { Inline } from './message.ts';

/** A calendar day as `YYYY-MM-DD`. The date of an announcement is arXiv's mailing date in New York. */
export type IsoDate = string;

/** One version of an arXiv paper. Text is Unicode without TeX accents; mathematics is TeX. */
export type Paper = {
  /** Bare arXiv id, such as `2503.07639` or `hep-th/9901001`. */
  id: string;
  version: number;
  title: string;
  authors: string[];
  abstract: string;
  categories: string[];
  comments?: string;
  doi?: string;
  journalReference?: string;
  license?: string;
};

export type PaperVersion = Pick<Paper, 'id' | 'version'>;

export const announceTypes = ['new', 'cross', 'replace', 'replace-cross'] as const;

export type AnnounceType = (typeof announceTypes)[number];

export type AnnouncedPaper = {
  paper: Paper;
  type: AnnounceType;
};

/**
 * Everything arXiv announced in one category on one date, in arXiv's order. Checked against the listing's own counts to
 * be complete.
 */
export type Announcement = {
  category: string;
  date: IsoDate;
  approximate?: boolean | undefined;
  papers: AnnouncedPaper[];
};

/** A paper announced to a channel, with its announcements in all of the channel's categories merged. */
export type Candidate = {
  paper: Paper;
  /** `new` takes precedence over `cross`, and `cross` over `replace`. */
  type: AnnounceType;
};

export const isSamplePaper = (paper: Pick<Paper, 'id'>): boolean => paper.id.startsWith('sample.');

export const abstractUrl = (paper: PaperVersion): string => `https://arxiv.org/abs/${paper.id}`;
export const pdfUrl = (paper: PaperVersion): string => `https://arxiv.org/pdf/${paper.id}`;
export const htmlUrl = (paper: PaperVersion): string => `https://arxiv.org/html/${paper.id}v${paper.version}`;

// https://info.arxiv.org/help/arxiv_identifier.html: YYMM.number of four digits until 2014 and five since,
// archive/YYMMNNN before 2007.
const month = '(?:0[1-9]|1[0-2])';
const newForm = String.raw`(?:(?:0[7-9]|1[0-4])${month}\.\d{4}|(?:1[5-9]|[2-9]\d)${month}\.\d{5})`;
const oldForm = String.raw`[a-z]+(?:-[a-z]+)*(?:\.[A-Z]{2})?\/\d{2}${month}\d{3}`;
const id = new RegExp(`^(${newForm}|${oldForm})(?:[vV]\\d{1,3})?$`);

const version = String.raw`(?:v\d{1,3})?`;
const web = String.raw`(?:https?:\/\/)?`;
/** Prefixes of ids in links: arXiv and its mirrors, sites that show its papers, and arXiv's DOIs. */
const prefixes = [
  String.raw`${web}(?:(?:www\.|export\.|ar5iv\.(?:labs\.)?)?arxiv|(?:www\.)?alphaxiv|ar5iv)\.org\/(?:[a-z]+\/)*`,
  String.raw`${web}(?:huggingface|hf)\.co\/papers\/`,
  String.raw`(?:${web}(?:dx\.|www\.)?doi\.org\/|doi:\s*)?10\.48550\/arxiv\.`,
];
const prefix = `(?:${prefixes.join('|')})`;
const link = new RegExp(`^${prefix}((?:${newForm}|${oldForm})${version})(?:\\.pdf)?(?:[/?#].*)?$`, 'i');
const anyLink = new RegExp(`${prefix}((?:${newForm}|${oldForm}))(?!\\d)`, 'gi');
const anyPrefix = /(?:arxiv|alphaxiv|ar5iv)\.org\/|(?:huggingface|hf)\.co\/papers\/|10\.48550\/arxiv\./i;

/** Drops the subject class of an old id: `math.GT/0309136` is `math/0309136`. DOIs may be in capitals. */
const bare = (found: string): string =>
  found
    .toLowerCase()
    .replace(/v\d{1,3}$/, '')
    .replace(/^([a-z-]+)\.[a-z]{2}\//, '$1/');

/**
 * Reads the bare id, without a version, from text: `2503.07639`, `2503.07639v2`, `arXiv:2503.07639`, `hep-th/9901001`,
 * a DOI, or a link to the paper on arxiv.org, ar5iv, alphaxiv.org, huggingface.co or doi.org, with or without a chat
 * program's angle brackets. Undefined for anything else.
 */
export const paperIdOf = (written: string): string | undefined => {
  const word = unquoted(
    plainSigns(written)
      .replace(/^[<(["']+/, '')
      .replace(/\|.*$/, '')
      .replace(/[>)\]"'.,;:!?]+$/, ''),
  );
  if (isSamplePaper({ id: word })) return word;
  const named = word.replace(/^arxiv:\s*/i, '');
  const [, direct] = id.exec(named) ?? [];
  if (direct !== undefined) return bare(direct);
  const [, linked] = link.exec(word) ?? [];
  return linked === undefined ? undefined : bare(linked);
};

export const looksLikePaperId = (word: string): boolean =>
  /^(?:arxiv:)?\d{3,6}\.\d{2,7}(?:v\d*)?$/i.test(word) ||
  anyPrefix.test(word) ||
  /^[a-z-]+(?:\.[A-Z]{2})?\/\d+/i.test(word);

export const findPaperLinks = (text: string): string[] => [
  ...new Set([...text.matchAll(anyLink)].map(([, found = '']) => bare(found))),
];

const maxNames = 12;

/** "A. One, B. Two and 3 more". */
export const authorsLine = (authors: readonly string[], max = maxNames): string => {
  if (authors.length <= max) return authors.join(', ');
  return `${authors.slice(0, max).join(', ')} and ${authors.length - max} more`;
};

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Truncates a text between words to at most `max` UTF-16 units, including the ellipsis. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  const space = cut.lastIndexOf(' ');
  // Cut a long word rather than leave it out.
  const atWord = space > Math.max(0, max - 40) ? cut.slice(0, space) : cut;
  return `${atWord.replace(/[\s,;:.]+$/, '').replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** Share of `max` by which a text may be longer if a sentence then ends, or shorter if a clause does. */
const slack = 0.2;

const sentenceEnd = /(?<!\b(?:al|cf|vs|Fig|Eq|e\.g|i\.e))[.!?](?=\s+\p{Lu})/gu;
const clauseEnd = /[,;:](?=\s)|\s[–—-]+(?=\s)/g;

const lastEnd = (text: string, pattern: RegExp): number => {
  const match = [...text.matchAll(pattern)].at(-1);
  return match ? match.index + match[0].length : 0;
};

/**
 * Truncates a text to about `max` UTF-16 units: after a sentence if one ends near there, otherwise after a clause or a
 * word, with an ellipsis.
 */
export const shortenSentence = (text: string, max: number): string => {
  const [low, high] = [max * (1 - slack), max * (1 + slack)];
  if (text.length <= high) return text;
  const sentence = lastEnd(text.slice(0, high + 2), sentenceEnd);
  if (sentence >= low && sentence <= high) return text.slice(0, sentence);
  const clause = lastEnd(text.slice(0, max), clauseEnd);
  return clause >= low ? `${text.slice(0, clause).replace(/[\s,;:–—-]+$/, '')}…` : shorten(text, max);
};

export const linkedTitle = (paper: Paper, bold = false): Inline => {
  if (isSamplePaper(paper)) return { text: `${paper.title} (invented)`, bold };
  return { text: paper.title, bold, url: abstractUrl(paper) };
};

/** "2507.04742 · Abstract · PDF · HTML". */
export const paperLinks = (paper: Paper): Inline[] => {
  if (isSamplePaper(paper)) return [paper.id];
  const links = { Abstract: abstractUrl(paper), PDF: pdfUrl(paper), HTML: htmlUrl(paper) };
  return [paper.id, ...Object.entries(links).flatMap(([text, url]): Inline[] => [' · ', { text, url }])];
};

/** "1,904". */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** "a, b and c". */
export const wordList = (words: readonly string[], last: 'and' | 'or' = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

/** "1 paper", "646 papers". */
export const countOf = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
