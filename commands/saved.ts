import { dateIn } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { splitMathematics } from '../src/core/mathematics.ts';
import { type Inline, type Message, textMessage } from '../src/core/message.ts';
import { abstractUrl, type Paper } from '../src/core/paper.ts';
import { countOf, shorten } from '../src/core/paper-text.ts';
import type { SavedPaper } from '../src/core/stores.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { dayText } from './shared/dates.ts';
import { paperLine } from './shared/paper-lines.ts';
import { channelIfAny } from './shared/people.ts';

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  // BibTeX counts braces also after a backslash, so these stand by name.
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
};

const escaped = (text: string): string => text.replace(/[\\{}~^&%$#_]/g, (sign) => escapes[sign] ?? sign);

/** True where every brace has its partner, as BibTeX counts them. */
const isBalanced = (tex: string): boolean => {
  let depth = 0;
  for (const sign of tex) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
};

/** A text as the value of a field: mathematics stays TeX, everything else is what it says. */
const fieldText = (text: string): string =>
  splitMathematics(text.replace(/\s+/g, ' ').trim())
    .map(({ kind, source }) =>
      kind !== 'text' && isBalanced(source) && !/(?<!\\)%/.test(source) ? source : escaped(source),
    )
    .join('');

/** A given name, perhaps initials, and a family name: nothing that could be a particle, a suffix or a group. */
const plainName = /^(\p{Lu}[\p{L}\p{M}’'-]+(?: \p{Lu}\.)*|\p{Lu}\.(?:[ -]?\p{Lu}\.)*) (\p{Lu}[\p{L}\p{M}’'-]+)$/u;
const group = /\b(?:collaboration|team|group|consortium|project|laborator(?:y|ies)|university|institute)\b/i;
const suffix = /^(?:Jr|Sr|II|III|IV)$/i;

/** A name as BibTeX is to read it: "Last, First" where that is certain, a group or a single word in braces. */
const authorName = (name: string): string => {
  const text = name.replace(/\s+/g, ' ').trim();
  if (group.test(text) || !text.includes(' ') || /,|(?:^|\s)and(?:\s|$)/i.test(text)) return `{${escaped(text)}}`;
  const [, given = '', family = ''] = plainName.exec(text) ?? [];
  return family !== '' && !suffix.test(family) ? `${escaped(family)}, ${escaped(given)}` : escaped(text);
};

/** The year of an id's first version; undefined for an id that tells none. Ids begin in August 1991. */
const yearOf = (id: string): string | undefined => {
  const [, year] = /^(?:[a-z-]+\/)?(\d{2})(?:0[1-9]|1[0-2])/.exec(id) ?? [];
  if (year === undefined) return undefined;
  return `${id.includes('/') && Number(year) > 90 ? '19' : '20'}${year}`;
};

/** Small Latin letters and digits alone, so that every program takes it for a key. */
const keyPart = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[øØ]/g, 'o')
    .replace(/[łŁ]/g, 'l')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

const smallWords = new Set(['a', 'an', 'the', 'on', 'of', 'in', 'for', 'to', 'and', 'with', 'is', 'are', 'at', 'by']);

const keyOf = ({ authors, title, id }: Paper): string => {
  const [first = ''] = authors;
  const words = first.split(' ').filter((word) => !suffix.test(word.replace('.', '')));
  const name = keyPart(group.test(first) ? (words[0] ?? '') : (words.at(-1) ?? '')) || 'paper';
  const prose = splitMathematics(title)
    .map(({ kind, text }) => (kind === 'text' ? text : ' '))
    .join('');
  const word = prose
    .split(/[\s\-–—:/]+/)
    .map(keyPart)
    .find((one) => one.length > 1 && !smallWords.has(one));
  return `${name}${yearOf(id) ?? ''}${word ?? ''}`;
};

/** "a" to "z", then "aa": what tells keys apart that are otherwise the same. */
const letters = (index: number): string =>
  index < 26 ? String.fromCharCode(97 + index) : `${letters(Math.floor(index / 26) - 1)}${letters(index % 26)}`;

const uniqueKeys = (papers: readonly Paper[]): string[] => {
  const keys = papers.map(keyOf);
  const used = new Set<string>();
  return keys.map((key) => {
    let unique = key;
    for (let index = 0; used.has(unique); index += 1) unique = `${key}${letters(index)}`;
    used.add(unique);
    return unique;
  });
};

/** Verbatim, as programs follow it; of several the first. Undefined where it would break the entry. */
const doiOf = ({ doi }: Paper): string | undefined => {
  const [first] = (doi ?? '').trim().split(/[\s,]+/);
  return first && !/[{}\\]/.test(first) ? first : undefined;
};

const entryOf = (paper: Paper, key: string): string => {
  const fields: [string, string | undefined][] = [
    ['author', paper.authors.map(authorName).join(' and ') || undefined],
    ['title', `{${fieldText(paper.title)}}`],
    ['year', yearOf(paper.id)],
    ['eprint', paper.id],
    ['archivePrefix', 'arXiv'],
    ['primaryClass', paper.categories[0]],
    ['doi', doiOf(paper)],
    ['note', paper.journalReference && fieldText(paper.journalReference)],
    ['url', abstractUrl(paper)],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name} = {${value}}`]));
  return `@misc{${key},\n${lines.join(',\n')}\n}\n`;
};

/** The papers as BibTeX in UTF-8, in their order, each under a key of its own: author, year and a word of the title. */
export const bibtexOf = (papers: readonly Paper[]): string => {
  const keys = uniqueKeys(papers);
  return papers.map((paper, index) => entryOf(paper, keys[index] ?? paper.id)).join('\n');
};

const perPage = 20;
/** More buttons than these would hide the list. */
const removable = 3;

const asBibtex = (saved: readonly SavedPaper[]): Message => {
  const text = `Your reading list as BibTeX: ${countOf(saved.length, 'paper')}.`;
  return {
    ...textMessage(text),
    files: [
      {
        name: 'saved.bib',
        mediaType: 'application/x-bibtex',
        text: bibtexOf(saved.map(({ paper }) => paper)),
      },
    ],
  };
};

export const saved = defineCommand({
  name: 'saved',
  summary: 'your reading list, also to take away',
  isPersonal: true,
  examples: ['saved', 'saved as bibtex'],
  options: {
    as: { type: 'word', keyword: 'as', values: ['bibtex'], description: 'as a file for your bibliography' },
    from: {
      type: 'integer',
      keyword: 'from',
      minimum: 1,
      maximum: 100_000,
      description: 'the number to begin with',
    },
  },

  async run(context, { as, from = 1 }) {
    const list = await context.stores.saved.list(context.person);
    if (list.length === 0)
      return textMessage('Your reading list is empty; /arxiv save with an id or a link puts a paper on it.');
    if (as === 'bibtex') return asBibtex(list);
    if (from > list.length)
      throw new UserError(`Your list has only ${countOf(list.length, 'paper')}; type /arxiv saved to see it.`);
    const timeZone = (await channelIfAny(context))?.timezone ?? 'UTC';
    const shown = list.slice(from - 1, from - 1 + perPage);
    const lines = shown.map(({ paper, at }) => paperLine(paper, dayText(dateIn(new Date(at), timeZone))));
    const next = from + shown.length;
    const heading = `Your reading list: ${countOf(list.length, 'paper')}`;
    const part =
      shown.length < list.length ? `${from} to ${next - 1} of ${list.length}, the newest first.` : 'The newest first.';
    return {
      summary: heading,
      blocks: [
        { type: 'heading', text: heading },
        ...(from === 1
          ? [{ type: 'list' as const, ordered: true, items: lines }]
          : lines.map((line, index) => {
              const content: Inline[] = [{ text: `${from + index}. `, bold: true }, ...line];
              return { type: 'paragraph' as const, content };
            })),
        { type: 'note', content: [part] },
        ...buttonsBlock([
          ...(next > list.length ? [] : button('More', ['saved', `from ${next}`])),
          ...button('Take away as BibTeX', ['saved as bibtex'], 'primary'),
          ...shown
            .slice(0, removable)
            .flatMap(({ paper }) => button(`Remove ${shorten(paper.title, 30)}`, ['unsave', paper.id])),
        ]),
      ],
    };
  },
});
