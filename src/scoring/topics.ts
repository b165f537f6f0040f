import { introStance, isOurRejection, labelStance, namesNoSubject, partText, type Stance } from './stance.ts';
import {
  type Heading,
  type Item,
  keywordTerms,
  type Line,
  minNestedIndent,
  type Prose,
  readLines,
} from './topic-lines.ts';
import { splitList } from './topic-rows.ts';

export type Topic = {
  /** Empty for prose without a heading. */
  name: string;
  /** What belongs to the topic; the topic's name if the file has no description. */
  relevant: string;
  irrelevant: string;
};

export type Topics = {
  topics: Topic[];
  /** Text that belongs to no topic: paragraphs around them, and lists of what is not wanted. */
  general: { relevant: string; irrelevant: string };
  /** Listed terms. Those under "Application" also count as irrelevant. */
  keywords: { relevant: string[]; irrelevant: string[]; application: string[] };
};

type Label = 'relevant' | 'irrelevant' | 'application';

const maxNameLength = 60;
const maxLabelLength = 80;
/** A longer row of a paragraph continues on the next. Shorter ones are a list without marks. */
const minWrappedLength = 50;
const maxKeywordWords = 8;

const labelOf = (text: string): Label | undefined => {
  if (/^applications?(?: (?:fields?|areas?|domains?|key ?words?))?$/i.test(text.trim())) return 'application';
  const stance = labelStance(text);
  return stance && (stance === 'wanted' ? 'relevant' : 'irrelevant');
};

const headingLabelOf = (text: string): Label | undefined =>
  labelOf(text) ?? (isOurRejection(text) ? 'irrelevant' : undefined);

const stanceOf = (label: Label): Stance => (label === 'relevant' ? 'wanted' : 'unwanted');

const isKeywords = (text: string): boolean => /^key\s?-?(?:words?|terms?)\b/i.test(text);

type Labeled = { label: Label; rest: string };

/** Reads "Not relevant: snow", "Not relevant – snow", "❌ snow", and a line that is a label as a whole. */
const labeled = (text: string): Labeled | undefined => {
  const [, name, rest = ''] =
    /^(\p{Extended_Pictographic}\uFE0F?|[✗✘✔])\s*(.*)$/su.exec(text) ??
    /^([^:：]{1,80})[:：]\s*(.*)$/su.exec(text) ??
    /^(.{2,40}?)\s+[–—-]\s+(.*)$/su.exec(text) ??
    [];
  const label = name === undefined ? undefined : labelOf(name);
  if (label) return { label, rest };
  const whole = text.length > maxLabelLength ? undefined : labelOf(text);
  return whole && { label: whole, rest: '' };
};

/** Splits "Relevant: hedges. Not relevant: snow." before each label but the first. */
const beforeLabels = (text: string): string[] => {
  const parts: string[] = [];
  for (const part of text.split(/(?<=[.;。；])\s*(?=[^.;:：。；]{1,60}[:：])/u)) {
    if (parts.length === 0 || labeled(part)) parts.push(part);
    else parts[parts.length - 1] += ` ${part}`;
  }
  return parts;
};

/** Joins the rows of a wrapped sentence, and reads a paragraph of short rows as a list. */
const unwrapped = (lines: readonly Line[]): Line[] => {
  const result: Line[] = [];
  let lastLength = 0;
  for (const line of lines) {
    const before = result.at(-1);
    const continues = line.kind === 'prose' && !line.startsParagraph && !labeled(line.text) && !isKeywords(line.text);
    if (continues && before && (before.kind === 'item' || before.kind === 'prose') && lastLength >= minWrappedLength)
      result[result.length - 1] = { ...before, text: `${before.text} ${line.text}` };
    else result.push(line);
    lastLength = line.text.length;
  }
  const isShort = (line: Line | undefined): line is Prose =>
    line?.kind === 'prose' && line.isOuter && line.text.length < minWrappedLength && !/[.:!?。：]$/u.test(line.text);
  return result.map((line, at): Line => {
    const [before, after] = [result[at - 1], result[at + 1]];
    const isRow =
      isShort(line) &&
      !labeled(line.text) &&
      ((isShort(after) && !after.startsParagraph) || (!line.startsParagraph && isShort(before)));
    return isRow ? { kind: 'item', indent: 0, isNumbered: false, text: line.text } : line;
  });
};

const withoutOuterIndent = (lines: readonly Line[]): Line[] => {
  const items = lines.filter((line) => line.kind === 'item');
  const hasNumbers = items.some(({ isNumbered }) => isNumbered);
  const isTopic = (line: Line): line is Item => line.kind === 'item' && (line.isNumbered || !hasNumbers);
  const outermost = Math.min(...lines.filter(isTopic).map(({ indent }) => indent));
  return lines.map((line) => (isTopic(line) ? { ...line, indent: line.indent - outermost } : line));
};

const cutName = (text: string): string => {
  if (text.length <= maxNameLength) return text;
  const cut = text.slice(0, maxNameLength);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 20))}…`;
};

const named = (text: string): { name: string; rest: string } => {
  const match = /^(.{2,60}?)(?:[:：]\s+|：|:$|\s+[–—-]\s+)(.*)$/su.exec(text);
  if (match?.[1]) return { name: match[1].trim(), rest: match[2]?.trim() ?? '' };
  return { name: cutName(text.replace(/[.:;]$/, '')), rest: text.length > maxNameLength ? text : '' };
};

const join = (before: string, text: string): string => (before === '' ? text : `${before}\n${text}`);

/** The topics of a file without any: each entry of a line of keywords, or all of its prose. */
const topicsOfProse = (text: string): Topic[] => {
  const entries = text
    .replace(/\.$/, '')
    .split('\n')
    .flatMap(splitList)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const isList = entries.every((entry) => !/[.!?:]/.test(entry) && entry.split(' ').length <= maxKeywordWords);
  if (isList && (entries.length > 2 || text.length <= maxNameLength))
    return entries.map((entry) => ({ name: cutName(entry), relevant: entry, irrelevant: '' }));
  return [{ name: '', relevant: text, irrelevant: '' }];
};

/**
 * Parses a topics file in Markdown, in one of these forms:
 * - numbered topics with `- Relevant:` and `- Irrelevant:` lines, and a **Keywords** section with Relevant, Irrelevant
 * and Application lists;
 * - headings with text below;
 * - plain lists of topics, each below a line or heading that says if they are wanted;
 * - a line of keywords, each of which becomes a topic;
 * - prose, which becomes one topic without a name.
 *
 * Sentences and clauses that reject something are irrelevant wherever they are. Text below a topic belongs to the topic.
 * A paragraph after a list does not. Never throws.
 */
export const parseTopics = (markdown: string): Topics => {
  const lines = withoutOuterIndent(unwrapped(readLines(markdown)));
  const topics: Topic[] = [];
  const keywords: Topics['keywords'] = { relevant: [], irrelevant: [], application: [] };
  const general: Topics['general'] = { relevant: '', irrelevant: '' };

  const isPlain = (heading: Heading): boolean =>
    !isKeywords(heading.text) && headingLabelOf(heading.text) === undefined;
  const headings = lines.filter((line) => line.kind === 'heading');
  const hasNumbers = lines.some((line) => line.kind === 'item' && line.isNumbered && line.indent < minNestedIndent);
  /** True if a heading is a title and not a topic: it has headings or the file's only list below it, or names no subject. */
  const isTitle = (at: number, heading: Heading): boolean => {
    if (hasNumbers || namesNoSubject(heading.text)) return true;
    const later = lines.slice(at + 1);
    const [below] = later;
    if (below?.kind === 'prose' && labeled(below.text)?.rest) return false;
    const next = later.find((line): line is Heading => line.kind === 'heading' && isPlain(line));
    if (next && next.level > heading.level) return true;
    return headings.filter(isPlain).length === 1 && later.some((line) => line.kind === 'item' && !labeled(line.text));
  };

  let topic: Topic | undefined;
  let section = 'topics' as 'topics' | 'keywords' | 'unwanted';
  let label: Label = 'relevant';
  let isUnderTopicHeading = false;
  /** Level of the heading that the section or topic belongs to. */
  let level = 0;
  /** A paragraph ends a label and the topic of a list, but only if they have text. */
  let hasText = false;

  const add = (text: string): void => {
    if (text === '') return;
    hasText = true;
    const isWanted = section !== 'unwanted' && label === 'relevant';
    const parts = partText(text, isWanted ? 'wanted' : 'unwanted');
    const isAsLabeled = (isWanted ? parts.unwanted : parts.wanted).length === 0;
    const [wanted, unwanted] = [parts.wanted.join('\n'), parts.unwanted.join('\n')];
    if (section === 'keywords') {
      keywords[label].push(...keywordTerms(isWanted ? wanted.replaceAll('\n', ', ') : text));
      if (isWanted) keywords.irrelevant.push(...keywordTerms(unwanted.replaceAll('\n', ', ')));
      return;
    }
    const target = section === 'unwanted' ? general : (topic ?? general);
    // "Keep relevant papers and filter out irrelevant ones."
    if (target === general && namesNoSubject(text)) return;
    if (isWanted && isAsLabeled) target.relevant = join(target.relevant, text);
    else if (wanted !== '') target.relevant = join(target.relevant, wanted);
    if (unwanted !== '') target.irrelevant = join(target.irrelevant, unwanted);
  };
  /** Struck-through text is unwanted, but not if it stands among what is unwanted, or rejects something. */
  const strike = (text: string): void => {
    const isRevoked = section === 'unwanted' || label !== 'relevant' || partText(text, 'wanted').unwanted.length > 0;
    if (!isRevoked) general.irrelevant = join(general.irrelevant, text);
  };
  const leaveTopic = (): void => {
    topic = undefined;
    label = 'relevant';
    if (section === 'unwanted') section = 'topics';
  };
  const open = (text: string, isHeading: boolean): void => {
    const parts = isHeading ? { wanted: [text], unwanted: [] } : partText(text, 'wanted');
    if (parts.wanted.length === 0) {
      leaveTopic();
      add(text);
      return;
    }
    const isWhole = isHeading || parts.unwanted.length === 0;
    const { name, rest } = isHeading ? { name: text, rest: '' } : named(isWhole ? text : parts.wanted.join(' '));
    topic = { name, relevant: '', irrelevant: parts.unwanted.join('\n') };
    topics.push(topic);
    label = 'relevant';
    hasText = false;
    add(rest);
  };
  const startKeywords = (rest: string, headingLevel: number): void => {
    section = 'keywords';
    label = 'relevant';
    topic = undefined;
    level = headingLevel;
    add(rest);
  };
  const enter = (heading: Heading, at: number): void => {
    const headingLabel = headingLabelOf(heading.text);
    const isBelow = heading.level > level || (section === 'keywords' && heading.level > 2);
    hasText = false;
    if (isKeywords(heading.text)) startKeywords(/[:：]\s*(.+)$/u.exec(heading.text)?.[1] ?? '', heading.level);
    else if (headingLabel && isBelow && (section === 'keywords' || (topic && isUnderTopicHeading)))
      label = headingLabel;
    else {
      section = headingLabel && headingLabel !== 'relevant' ? 'unwanted' : 'topics';
      topic = undefined;
      label = 'relevant';
      level = heading.level;
      isUnderTopicHeading = headingLabel === undefined && !isTitle(at, heading);
      if (isUnderTopicHeading) open(heading.text, true);
    }
  };
  /** A label beside the topics, and not below one, begins a section of its own. */
  const apply = (marked: Labeled, line: Item | Prose): void => {
    const isBeside =
      section !== 'keywords' &&
      !isUnderTopicHeading &&
      (line.kind === 'prose' ? line.isOuter : line.indent < minNestedIndent && !hasNumbers);
    if (isBeside) {
      topic = undefined;
      section = stanceOf(marked.label) === 'unwanted' && marked.rest === '' ? 'unwanted' : 'topics';
    }
    label = section === 'unwanted' ? 'relevant' : marked.label;
    hasText = false;
    add(marked.rest);
  };
  /** The stance of a line that ends with a colon above a list: "For our group these are off the table:". */
  const introduces = (line: Prose, at: number): Labeled | undefined =>
    /[:：]$/u.test(line.text) && lines[at + 1]?.kind === 'item'
      ? { label: introStance(line.text) === 'unwanted' ? 'irrelevant' : 'relevant', rest: '' }
      : undefined;

  for (const [at, line] of lines.entries()) {
    if (line.text === '') continue;
    if (line.kind === 'heading') {
      enter(line, at);
      continue;
    }
    if (line.kind === 'struck') {
      strike(line.text);
      continue;
    }
    if (isKeywords(line.text) && /^[^:：]{1,30}[:：]/u.test(line.text) && section !== 'keywords') {
      startKeywords(line.text.replace(/^[^:：]*[:：]\s*/u, ''), Number.POSITIVE_INFINITY);
      continue;
    }
    for (const text of beforeLabels(line.text)) {
      const isOuterItem = line.kind === 'item' && line.indent < minNestedIndent;
      const marked = labeled(text) ?? (line.kind === 'prose' ? introduces(line, at) : undefined);
      if (marked) apply(marked, line);
      else if (
        isOuterItem &&
        section === 'topics' &&
        !(isUnderTopicHeading || (hasNumbers && line.kind === 'item' && !line.isNumbered))
      )
        open(text, false);
      else {
        if (line.kind === 'prose' && line.isOuter && line.startsParagraph && hasText) {
          if (isUnderTopicHeading) label = 'relevant';
          else if (section !== 'keywords' && level === 0) leaveTopic();
        }
        add(text);
      }
    }
  }

  if (topics.length === 0 && general.relevant !== '') {
    topics.push(...topicsOfProse(general.relevant));
    general.relevant = '';
  }
  for (const each of topics) if (each.relevant === '') each.relevant = each.name;
  return { topics, general, keywords };
};

const withoutEnd = (text: string): string => text.replace(/[\s.,;:]+$/, '');

/** What a topics file was understood to want and to reject, each as a list of short texts. */
export const topicSides = ({ topics, general, keywords }: Topics): { wanted: string[]; unwanted: string[] } => {
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map(withoutEnd)
      .filter((line) => line !== '');
  const described = ({ name, relevant }: Topic): string[] => {
    const text = lines(relevant).join('; ');
    const isNameEnough = name === '' || text.startsWith(withoutEnd(name).replace(/…$/, ''));
    return isNameEnough ? lines(relevant) : [`${name}: ${text}`];
  };
  const listed = (terms: readonly string[]): string[] => (terms.length > 0 ? [terms.join(', ')] : []);
  const wanted = [...topics.flatMap(described), ...lines(general.relevant), ...listed(keywords.relevant)];
  const unwanted = [
    ...topics.flatMap(({ irrelevant }) => lines(irrelevant)),
    ...lines(general.irrelevant),
    ...listed([...keywords.irrelevant, ...keywords.application]),
  ];
  return { wanted: [...new Set(wanted)], unwanted: [...new Set(unwanted)] };
};
