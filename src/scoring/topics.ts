import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';

export type Topic = {
  name: string;
  /** What belongs to the topic; the topic's name if the file has no description. */
  relevant: string;
  irrelevant: string;
};

export type Topics = {
  topics: Topic[];
  /** Listed terms. Those under "Application" also count as irrelevant. */
  keywords: { relevant: string[]; irrelevant: string[]; application: string[] };
};

type Label = 'relevant' | 'irrelevant' | 'application';

type Heading = { kind: 'heading'; level: number; text: string };
type Item = { kind: 'item'; indent: number; isNumbered: boolean; text: string };
type Prose = { kind: 'prose'; text: string };
type Line = Heading | Item | Prose;

const maxNameLength = 60;
/** In columns. Items indented less are topics; other items belong to the topic above. */
const minNestedIndent = 2;

const labelNames: readonly (readonly [Label, RegExp])[] = [
  [
    'irrelevant',
    /^(?:irrelevant|not relevant|unwanted|not wanted|negative|excluded?|avoid|ignored?|out of scope|not)$/i,
  ],
  ['relevant', /^(?:relevant|wanted|positive|included?|in scope)$/i],
  ['application', /^applications?$/i],
];

const labelOf = (text: string): Label | undefined => {
  const name = text.replace(/ (?:topics?|key ?words?|terms?|areas?|papers?)$/i, '');
  return labelNames.find(([, pattern]) => pattern.test(name))?.[0];
};

const labeled = (text: string): { label: Label; rest: string } | undefined => {
  const at = text.indexOf(':');
  const label = at < 0 || at > 30 ? undefined : labelOf(text.slice(0, at).trim());
  return label === undefined ? undefined : { label, rest: text.slice(at + 1).trim() };
};

const inlineLabels = (text: string): string[] => text.split(/\s+[-–—]\s+(?=(?:ir|not )?relevant:)/i);

/**
 * Markdown syntax to disable, because topics files contain it only by accident: an indented list is not a code block,
 * `<` and `\` are literal, and underlining a line does not make it a heading. `withoutMarks` removes inline markup
 * instead.
 */
const disabled = [
  ...['codeIndented', 'setextUnderline', 'definition', 'htmlFlow', 'htmlText', 'autolink'],
  ...['characterEscape', 'characterReference', 'hardBreakEscape', 'attention', 'codeText'],
];

/** Removes marks more generously than Markdown, which ignores them beside Chinese punctuation or if unpaired. */
const withoutMarks = (text: string): string =>
  text
    .replace(/\*\*|__|`|~~/g, '')
    .replace(/(^|[\s(])[*_](?=\S)|(?<=\S)[*_](?=[\s).,:;]|$)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();

/** A row without tabs and quote marks, so that Markdown reads it as intended. */
const normalized = (row: string): string[] => {
  const plain = row
    .replaceAll('\t', '    ')
    .replace(/^(\s*)(?:>\s?)+/, '$1')
    .replace(/^(\s*)•(?=\s)/, '$1-')
    .trimEnd();
  const [marks, indent = '', mark = ''] =
    /^(\s*)([-*+]\s+|\d{1,3}[.)]\s+)(?:[-*+]\s+|\d{1,3}[.)]\s+)*/.exec(plain) ?? [];
  if (marks === undefined) return [plain];
  // Only the first mark, because more would be nested lists as deep as the row is long. Without the blank row, a list
  // that begins with a number other than 1 would be part of the paragraph above.
  return ['', indent + mark + plain.slice(marks.length)];
};

const readLines = (source: string): Line[] => {
  const rows = source
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .flatMap((row) => normalized(row));
  const lines: Line[] = [];

  const addProse = (raw: string): void => {
    const text = withoutMarks(raw);
    // A line that is entirely bold serves as a heading.
    if (/^\*\*[^*]+\*\*:?$/.test(raw)) lines.push({ kind: 'heading', level: 7, text: text.replace(/:$/, '') });
    else if (!/^[-=*_~`|:\s]{3,}$/.test(raw)) lines.push({ kind: 'prose', text });
  };
  const addItem = (isNumbered: boolean, raw: string, row: number): void => {
    const indent = rows[row - 1]?.search(/\S|$/) ?? 0;
    const [text = '', ...labels] = inlineLabels(withoutMarks(raw));
    lines.push({ kind: 'item', indent, isNumbered, text });
    for (const label of labels)
      lines.push({ kind: 'item', indent: indent + minNestedIndent, isNumbered: false, text: label });
  };
  const add = (node: Nodes): void => {
    if (node.type === 'heading') {
      const text = withoutMarks(textOf(node));
      // If the heading has no title, its marks are text.
      if (text === '') lines.push({ kind: 'prose', text: '#'.repeat(node.depth) });
      else lines.push({ kind: 'heading', level: node.depth, text });
    } else if (node.type === 'paragraph') for (const raw of textOf(node).split('\n')) addProse(raw);
    else if (node.type === 'code') lines.push(...readLines(node.value));
    else if (node.type === 'list') {
      for (const item of node.children) {
        const [first, ...others] = item.children;
        const [raw = '', ...more] = first?.type === 'paragraph' ? textOf(first).split('\n') : [];
        addItem(node.ordered === true, raw, item.position?.start.line ?? 1);
        for (const each of more) addProse(each);
        for (const child of first?.type === 'paragraph' ? others : item.children) add(child);
      }
    } else if ('children' in node) for (const child of node.children) add(child);
  };
  add(fromMarkdown(rows.join('\n'), { extensions: [{ disable: { null: disabled } }] }));
  return lines;
};

const withoutOuterIndent = (lines: readonly Line[]): Line[] => {
  const items = lines.filter((line) => line.kind === 'item');
  const hasNumbers = items.some(({ isNumbered }) => isNumbered);
  const isTopic = (line: Line): line is Item => line.kind === 'item' && (line.isNumbered || !hasNumbers);
  const outermost = Math.min(...lines.filter(isTopic).map(({ indent }) => indent));
  return lines.map((line) => (isTopic(line) ? { ...line, indent: line.indent - outermost } : line));
};

const splitList = (text: string): string[] => {
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

const cutName = (text: string): string => {
  if (text.length <= maxNameLength) return text;
  const cut = text.slice(0, maxNameLength);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 20))}…`;
};

const named = (text: string): { name: string; rest: string } => {
  const match = /^(.{2,60}?)(?::\s+|:$|\s+[–—-]\s+)(.*)$/s.exec(text);
  if (match?.[1]) return { name: match[1].trim(), rest: match[2]?.trim() ?? '' };
  return { name: cutName(text.replace(/[.:;]$/, '')), rest: text.length > maxNameLength ? text : '' };
};

const join = (before: string, text: string): string => (before === '' ? text : `${before}\n${text}`);

const isKeywords = (text: string): boolean => /^key\s?-?(?:words?|terms?)\b/i.test(text);

/**
 * Parses a topics file in Markdown, in one of these forms:
 * - numbered topics with `- Relevant:` and `- Irrelevant:` lines, and a **Keywords** section with Relevant, Irrelevant
 * and Application lists;
 * - headings with text below;
 * - a plain list of topics;
 * - prose, which becomes one topic named "Topics".
 *
 * All other text belongs to the topic above it. Never throws.
 */
export const parseTopics = (markdown: string): Topics => {
  const lines = withoutOuterIndent(readLines(markdown));
  const topics: Topic[] = [];
  const keywords: Topics['keywords'] = { relevant: [], irrelevant: [], application: [] };
  const intro: string[] = [];
  const unwanted: string[] = [];

  const isPlain = (heading: Heading): boolean => !isKeywords(heading.text) && labelOf(heading.text) === undefined;
  const headings = lines.filter((line) => line.kind === 'heading');
  const hasNumbers = lines.some((line) => line.kind === 'item' && line.isNumbered && line.indent < minNestedIndent);
  /** True if a heading is a title and not a topic: it has headings below it, or the file's only list. */
  const isTitle = (at: number, heading: Heading): boolean => {
    if (hasNumbers) return true;
    const later = lines.slice(at + 1);
    const next = later.find((line): line is Heading => line.kind === 'heading' && isPlain(line));
    if (next && next.level > heading.level) return true;
    return headings.filter(isPlain).length === 1 && later.some((line) => line.kind === 'item');
  };

  let topic: Topic | undefined;
  let section = 'topics' as 'topics' | 'keywords' | 'unwanted';
  let label: Label = 'relevant';
  let isUnderTopicHeading = false;

  const add = (text: string): void => {
    if (text === '') return;
    if (section === 'keywords') keywords[label].push(...keywordTerms(text));
    else if (section === 'unwanted') unwanted.push(text);
    else if (!topic) (label === 'relevant' ? intro : unwanted).push(text);
    else if (label === 'relevant') topic.relevant = join(topic.relevant, text);
    else topic.irrelevant = join(topic.irrelevant, text);
  };
  const open = (name: string, rest: string): void => {
    topic = { name, relevant: '', irrelevant: '' };
    topics.push(topic);
    label = 'relevant';
    add(rest);
  };
  const startKeywords = (rest: string): void => {
    section = 'keywords';
    label = 'relevant';
    topic = undefined;
    add(rest);
  };

  for (const [at, line] of lines.entries()) {
    if (line.text === '') continue;
    if (line.kind === 'heading') {
      const headingLabel = labelOf(line.text);
      if (isKeywords(line.text)) startKeywords(/:\s*(.+)$/.exec(line.text)?.[1] ?? '');
      else if (headingLabel && line.level > 2 && (section === 'keywords' || topic)) label = headingLabel;
      else if (headingLabel === 'irrelevant') {
        section = 'unwanted';
        topic = undefined;
      } else {
        section = 'topics';
        topic = undefined;
        label = 'relevant';
        isUnderTopicHeading = headingLabel === undefined && !isTitle(at, line);
        if (isUnderTopicHeading) open(line.text, '');
      }
      continue;
    }
    if (isKeywords(line.text) && /^[^:]{1,30}:/.test(line.text) && section !== 'keywords') {
      startKeywords(line.text.replace(/^[^:]*:\s*/, ''));
      continue;
    }
    const isOuterItem = line.kind === 'item' && line.indent < minNestedIndent;
    const marked = labeled(line.text);
    if (marked) {
      label = marked.label;
      add(marked.rest);
    } else if (
      isOuterItem &&
      section === 'topics' &&
      !(isUnderTopicHeading || (hasNumbers && line.kind === 'item' && !line.isNumbered))
    ) {
      const { name, rest } = named(line.text);
      open(name, rest);
    } else {
      if (isOuterItem && section === 'topics' && !topic) label = 'relevant';
      add(line.text);
    }
  }

  if (topics.length === 0 && intro.length > 0) {
    topics.push({ name: 'Topics', relevant: intro.join('\n'), irrelevant: '' });
  }
  for (const each of topics) {
    if (each.relevant === '') each.relevant = each.name;
    for (const text of unwanted) each.irrelevant = join(each.irrelevant, text);
  }
  return { topics, keywords };
};
