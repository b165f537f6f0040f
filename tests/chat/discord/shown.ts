import { type FakeModal, type FakeRow, labelsOf } from '../../fakes/discord-limits.ts';
import type { FakeEmbed } from '../../fakes/discord-state.ts';

/** Discord's markdown as a reader sees it: text, the addresses of links, and all other active content. */
type Shown = { text: string; links: string[]; active: string[] };

type Rule = { pattern: RegExp; read(match: RegExpExecArray, show: (inner: string) => string, shown: Shown): string };

const active = (pattern: RegExp): Rule => ({
  pattern,
  read([whole], _, shown) {
    shown.active.push(whole);
    return whole;
  },
});
const inner = (pattern: RegExp): Rule => ({ pattern, read: (match, show) => show(match[1] ?? '') });

/** The rules of Discord's clients, in order. The first that matches at the start of the text applies. */
const rules: Rule[] = [
  { pattern: /^```(?:[a-z0-9_+-]*\n)?([\s\S]+?)\n?```/i, read: ([, code = '']) => code },
  { pattern: /^(`+)([\s\S]*?[^`])\1(?!`)/, read: ([, , code = '']) => code.replace(/^ (?= *`)|(?<=` *) $/g, '') },
  { pattern: /^\\([^0-9A-Za-z\s])/, read: ([, character = '']) => character },
  {
    pattern: /^\[((?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(\s*<?((?:[^\s\\()]|\\.)*?)>?\s*\)/,
    read([, label = '', url = ''], show, shown) {
      shown.links.push(url);
      return show(label);
    },
  },
  active(/^<(?:@[!&]?\d+|#\d+|t:-?\d+(?::\w)?|a?:\w+:\d+|\/[^:>]+:\d+|id:\w+)>/),
  active(/^<https?:\/\/[^\s>]+>/),
  active(/^@(?:everyone|here)/),
  active(/^(?:https?|steam):\/\/[^\s<]+[^<.,:;"'\]\s]/),
  active(/^:[^\s:]+?:/),
  active(/^\|\|[\s\S]+?\|\|/),
  active(/^~~(?=\S)[\s\S]*?\S~~/),
  active(/^__(?:\\[\s\S]|[^\\])+?__(?!_)/),
  inner(/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/),
  active(/^\b_(?:__|\\[\s\S]|[^\\_])+?_\b/),
  inner(/^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/),
];

/** What begins a heading, a quotation, small print or a list at the start of a line. */
const lineRules = /^\s*(?:#{1,3} |-# |>>> |> |[-*+] |\d+\. )/;

const inline = (markdown: string, shown: Shown): string => {
  let text = '';
  for (let rest = markdown; rest !== ''; ) {
    const found = rules.map((rule) => ({ rule, match: rule.pattern.exec(rest) })).find(({ match }) => match !== null);
    const { rule, match } = found ?? {};
    text += rule && match ? rule.read(match, (part) => inline(part, shown), shown) : rest[0];
    rest = rest.slice(match ? match[0].length : 1);
  }
  return text;
};

/** Reads Discord's markdown as its clients do. `marks` are the beginnings of headings, lists and quotations. */
export const readMarkdown = (markdown: string): Shown & { marks: string[] } => {
  const shown: Shown & { marks: string[] } = { text: '', links: [], active: [], marks: [] };
  let inBlock = false;
  const lines = markdown.split('\n').map((line) => {
    if (line.startsWith('```')) inBlock = !inBlock;
    const mark = inBlock ? '' : (lineRules.exec(line)?.[0] ?? '');
    if (mark) shown.marks.push(mark.trim());
    return line.slice(mark.length);
  });
  return { ...shown, text: inline(lines.join('\n'), shown).replaceAll('\u200b', '') };
};

/** A message as a reader sees it. @throws if it holds more than text, marks and links of Paperboy */
export const shownText = (embeds: readonly FakeEmbed[]): string =>
  embeds
    .flatMap(({ description, footer }) => {
      const shown = readMarkdown(description ?? '');
      if (shown.active.length > 0) throw new Error(`more than text: ${shown.active.join(' ')}`);
      return [...(description === undefined ? [] : [shown.text]), ...(footer ? [footer.text] : [])];
    })
    .join('\n');

type WithButtons = { embeds: readonly FakeEmbed[]; components: readonly FakeRow[] };

/** A message as a reader sees it, with the labels of its buttons. */
export const shownMessage = ({ embeds, components }: WithButtons): string =>
  [shownText(embeds), ...labelsOf(components)].join('\n');

/** An open form: its title, its labels, and the values of its fields. */
export const shownModal = ({ title, components }: FakeModal): string[] => [
  title,
  ...components.flatMap((one) => {
    if (one.type === 10) return [readMarkdown(one.content).text];
    const { component, label } = one;
    if (component.type === 4) return [label, component.value ?? ''];
    return [label, ...component.options.filter((option) => option.default).map((option) => option.label)];
  }),
];
