/** One thing that a team cares about, as its topics file describes it. */
export type Topic = {
  name: string;
  /** What belongs to it; where the file says no more, its name. */
  relevant: string;
  /** What does not, though it may sound like it. */
  irrelevant: string;
};

export type Topics = {
  topics: Topic[];
  /** Terms named one by one: wanted, unwanted, and fields of application, which are unwanted too. */
  keywords: { relevant: string[]; irrelevant: string[]; application: string[] };
};

type Label = 'relevant' | 'irrelevant' | 'application';

type Heading = { kind: 'heading'; level: number; text: string };
type Item = { kind: 'item'; indent: number; numbered: boolean; text: string };
type Prose = { kind: 'prose'; indent: number; text: string };
type Line = Heading | Item | Prose;

const maxNameLength = 60;

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

/** "Relevant: this and that" → its label and the rest. */
const labelled = (text: string): { label: Label; rest: string } | undefined => {
  const at = text.indexOf(':');
  const label = at < 0 || at > 30 ? undefined : labelOf(text.slice(0, at).trim());
  return label === undefined ? undefined : { label, rest: text.slice(at + 1).trim() };
};

/** The words of a line without Markdown's marks. */
const plain = (text: string): string =>
  text
    .replace(/!?\[([^\]]{0,500})\]\([^)]{0,1000}\)/g, '$1')
    .replace(/\*\*|__|`|~~/g, '')
    .replace(/(^|[\s(])[*_](?=\S)|(?<=\S)[*_](?=[\s).,:;]|$)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();

/** "Sparsity - Relevant: this - Irrelevant: that", written on one line, in its three parts. */
const inlineLabels = (text: string): string[] => text.split(/\s+[-–—]\s+(?=(?:ir|not )?relevant:)/i);

const readLines = (markdown: string): Line[] => {
  const lines: Line[] = [];
  const text = markdown.replace(/<!--[\s\S]*?(?:-->|$)/g, '').replace(/^\uFEFF/, '');
  for (const raw of text.split(/\r\n?|\n/)) {
    const line = raw.replace(/\t/g, '    ').replace(/^(\s*)(?:>\s?)+/, '$1');
    const indent = line.length - line.trimStart().length;
    const body = line.trim();
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(body);
    const item = /^(?:([-*+•])|(\d{1,3})[.)])\s+(.*)$/.exec(body);
    if (body === '' || /^(?:[-=*_~`|:\s]{3,}|`{3,}.*)$/.test(body)) {
      lines.push({ kind: 'prose', indent, text: '' });
    } else if (heading) {
      lines.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: plain(heading[2] ?? '') });
    } else if (item) {
      const [text = '', ...below] = inlineLabels(plain(item[3] ?? ''));
      lines.push({ kind: 'item', indent, numbered: item[2] !== undefined, text });
      for (const label of below) lines.push({ kind: 'item', indent: indent + 2, numbered: false, text: label });
    } else if (/^\*\*[^*]+\*\*:?$/.test(body)) {
      // A line that is bold as a whole does a heading's work.
      lines.push({ kind: 'heading', level: 7, text: plain(body).replace(/:$/, '') });
    } else {
      lines.push({ kind: 'prose', indent, text: plain(body) });
    }
  }
  // A list that is indented as a whole is as good as one that is not.
  const items = lines.filter((line): line is Item => line.kind === 'item');
  const topicItems = items.some(({ numbered }) => numbered) ? items.filter(({ numbered }) => numbered) : items;
  const outermost = Math.min(...topicItems.map(({ indent }) => indent));
  for (const item of topicItems) item.indent -= outermost;
  return lines;
};

/** Splits at commas and semicolons outside brackets. */
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

/** "Spatial/Temporal Modeling" → both, each with what they share; "I/O" stays. */
const alternatives = (phrase: string): string[] => {
  const spaced = phrase.split(/\s+\/\s+/);
  if (spaced.length > 1) return spaced.flatMap(alternatives);
  const words = phrase.split(' ');
  const at = words.findIndex((word) => /^[^/]{2,}(?:\/[^/]{2,})+$/.test(word));
  if (at < 0) return [phrase];
  const variants = words[at]?.split('/') ?? [];
  return variants.flatMap((word) => alternatives([...words.slice(0, at), word, ...words.slice(at + 1)].join(' ')));
};

/** The terms of a keyword list: "Mixture of Experts (MoE), Sparse/Sparsity, etc." gives four. */
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

/** "Name: what it is" → both; a line without a name of its own is named by its beginning. */
const named = (text: string): { name: string; rest: string } => {
  const match = /^(.{2,60}?)(?::\s+|:$|\s+[–—-]\s+)(.*)$/s.exec(text);
  if (match?.[1]) return { name: match[1].trim(), rest: match[2]?.trim() ?? '' };
  return { name: cutName(text.replace(/[.:;]$/, '')), rest: text.length > maxNameLength ? text : '' };
};

const join = (before: string, text: string): string => (before === '' ? text : `${before}\n${text}`);

const isKeywords = (text: string): boolean => /^key\s?-?(?:words?|terms?)\b/i.test(text);

/**
 * Reads a topics file: numbered topics with `- Relevant:` and `- Irrelevant:` lines and a **Keywords** section of
 * Relevant, Irrelevant and Application lists; or headings with text below; or a plain list; or free prose, which is one
 * topic named "Topics". Whatever else it meets is text of the topic it stands in. Never throws.
 */
export const parseTopics = (markdown: string): Topics => {
  const lines = readLines(markdown);
  const topics: Topic[] = [];
  const keywords: Topics['keywords'] = { relevant: [], irrelevant: [], application: [] };
  const intro: string[] = [];
  const unwanted: string[] = [];

  const own = (heading: Heading): boolean => !isKeywords(heading.text) && labelOf(heading.text) === undefined;
  const headings = lines.filter((line): line is Heading => line.kind === 'heading');
  const numbered = lines.some((line) => line.kind === 'item' && line.numbered && line.indent < 2);
  /** A heading that only names what comes: one with headings below it, or above the file's one list. */
  const isFrame = (at: number, heading: Heading): boolean => {
    if (numbered) return true;
    const later = lines.slice(at + 1);
    const next = later.find((line): line is Heading => line.kind === 'heading' && own(line));
    if (next && next.level > heading.level) return true;
    return headings.filter(own).length === 1 && later.some((line) => line.kind === 'item');
  };

  let topic: Topic | undefined;
  let section: 'topics' | 'keywords' | 'unwanted' = 'topics';
  let label: Label = 'relevant';
  let underHeading = false;

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

  for (const [at, line] of lines.entries()) {
    if (line.text === '') continue;
    if (line.kind === 'heading') {
      const headingLabel = labelOf(line.text);
      if (isKeywords(line.text)) {
        section = 'keywords';
        label = 'relevant';
        topic = undefined;
        const rest = /:\s*(.+)$/.exec(line.text)?.[1];
        if (rest) add(rest);
      } else if (section === 'keywords' && headingLabel && line.level > 2) {
        label = headingLabel;
      } else if (headingLabel === 'irrelevant' && !topic) {
        section = 'unwanted';
      } else if (headingLabel && topic && line.level > 2) {
        label = headingLabel;
      } else if (headingLabel === 'irrelevant') {
        section = 'unwanted';
        topic = undefined;
      } else {
        section = 'topics';
        topic = undefined;
        label = 'relevant';
        underHeading = headingLabel === undefined && !isFrame(at, line);
        if (underHeading) open(line.text, '');
      }
      continue;
    }
    if (isKeywords(line.text) && /^[^:]{1,30}:/.test(line.text) && section !== 'keywords') {
      section = 'keywords';
      label = 'relevant';
      topic = undefined;
      add(line.text.replace(/^[^:]*:\s*/, ''));
      continue;
    }
    const marked = labelled(line.text);
    if (marked) {
      label = marked.label;
      add(marked.rest);
    } else if (
      line.kind === 'item' &&
      section === 'topics' &&
      line.indent < 2 &&
      !(underHeading || (numbered && !line.numbered))
    ) {
      const { name, rest } = named(line.text);
      open(name, rest);
    } else {
      if (line.kind === 'item' && line.indent < 2) label = section === 'topics' && !topic ? 'relevant' : label;
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
