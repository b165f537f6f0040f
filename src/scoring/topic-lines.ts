import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { splitList, withoutGreeting, withSignsStruck } from './topic-rows.ts';
import { withoutTables } from './topic-tables.ts';

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

export type Heading = { kind: 'heading'; level: number; text: string };
export type Item = { kind: 'item'; indent: number; isNumbered: boolean; text: string };
/** `isOuter`: outside of any list. `startsParagraph`: after a blank line, or the first line below a list or heading. */
export type Prose = { kind: 'prose'; isOuter: boolean; startsParagraph: boolean; text: string };
/** Struck-through text, or a text that a table or a sign rejects. */
export type Struck = { kind: 'struck'; text: string };
export type Line = Heading | Item | Prose | Struck;

/** In columns. Items indented less are topics; other items belong to the topic above. */
export const minNestedIndent = 2;
/** Level of a line that is entirely bold, which serves as a heading. */
const boldLevel = 7;

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

const checkbox = /^\s*(?:\[[ xX✓✔-]?\](?=\s)|[☐☑☒])\s*/u;

/** A row without tabs, quote marks and checkboxes, so that Markdown reads it as intended. */
const normalized = (row: string): string[] => {
  const plain = row
    .replaceAll('\t', '    ')
    .replace(/^(\s*)(?:>\s?)+/, '$1')
    .replace(/^(\s*)[•–—](?=\s)/, '$1-')
    .trimEnd();
  const [marks, indent = '', mark = ''] =
    /^(\s*)([-*+]\s+|\d{1,3}[.)]\s+)(?:[-*+]\s+|\d{1,3}[.)]\s+)*/.exec(plain) ?? [];
  if (marks === undefined) return [plain.replace(checkbox, '')];
  // Only the first mark, because more would be nested lists as deep as the row is long. Without the blank row, a list
  // that begins with a number other than 1 would be part of the paragraph above.
  return ['', indent + mark + plain.slice(marks.length).replace(checkbox, '')];
};

/** Takes what is struck through out of a row, with the separators around it. */
const withoutStruck = (row: string): { raw: string; struck: string[] } => {
  const struck = [...row.matchAll(/~~([^~]*\p{L}[^~]*)~~/gu)].map(([, text = '']) => text.trim());
  if (struck.length === 0) return { raw: row, struck };
  const raw = row
    .replace(/(?<=[,;]|^)\s*~~[^~]*\p{L}[^~]*~~\s+(?:and|or)\b|\s*~~[^~]*\p{L}[^~]*~~/gu, '')
    .replace(/[,;](?=\s*(?:[,;]|$))/g, '')
    .replace(/^[\s,;]+|[\s,;]+$|\s+(?:and|or)\s*$/g, '');
  return { raw, struck };
};

const inlineLabels = (text: string): string[] => text.split(/\s+[-–—]\s+(?=(?:ir|not )?relevant\s*[:：])/i);

export const readLines = (source: string): Line[] => {
  const written = source
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/);
  const rows = withSignsStruck(withoutTables(written)).flatMap((row) => normalized(row));
  const lines: Line[] = [];

  const strike = (struck: readonly string[]): void => {
    for (const text of struck) lines.push({ kind: 'struck', text: withoutMarks(text) });
  };
  const addProse = (row: string, isOuter: boolean, startsParagraph: boolean): void => {
    const { raw, struck } = withoutStruck(row);
    const text = withoutGreeting(withoutMarks(raw));
    strike(struck);
    if (text === '') return;
    if (/^\*\*[^*]+\*\*[:：]?$/.test(raw))
      lines.push({ kind: 'heading', level: boldLevel, text: text.replace(/[:：]$/, '') });
    else if (!/^[-=*_~`|:\s]{3,}$/.test(raw)) lines.push({ kind: 'prose', isOuter, startsParagraph, text });
  };
  const addItem = (isNumbered: boolean, source: string, row: number): void => {
    const { raw, struck } = withoutStruck(source);
    strike(struck);
    if (struck.length > 0 && raw === '') return;
    const indent = rows[row - 1]?.search(/\S|$/) ?? 0;
    const [text = '', ...labels] = inlineLabels(withoutMarks(raw));
    lines.push({ kind: 'item', indent, isNumbered, text });
    for (const label of labels)
      lines.push({ kind: 'item', indent: indent + minNestedIndent, isNumbered: false, text: label });
  };
  const add = (node: Nodes, isOuter: boolean): void => {
    if (node.type === 'heading') {
      const text = withoutMarks(textOf(node));
      // If the heading has no title, its marks are text.
      if (text === '') lines.push({ kind: 'prose', isOuter, startsParagraph: true, text: '#'.repeat(node.depth) });
      else if (withoutGreeting(text) !== '') lines.push({ kind: 'heading', level: node.depth, text });
    } else if (node.type === 'paragraph') {
      const before = lines.length;
      for (const raw of textOf(node).split('\n')) addProse(raw, isOuter, lines.length === before);
    } else if (node.type === 'code') lines.push(...readLines(node.value));
    else if (node.type === 'list') {
      for (const item of node.children) {
        const [first, ...others] = item.children;
        const [raw = '', ...more] = first?.type === 'paragraph' ? textOf(first).split('\n') : [];
        addItem(node.ordered === true, raw, item.position?.start.line ?? 1);
        for (const each of more) addProse(each, false, false);
        for (const child of first?.type === 'paragraph' ? others : item.children) add(child, false);
      }
    } else if ('children' in node) for (const child of node.children) add(child, isOuter);
  };
  add(fromMarkdown(rows.join('\n'), { extensions: [{ disable: { null: disabled } }] }), true);
  return lines;
};
