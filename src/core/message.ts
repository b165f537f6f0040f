/**
 * A chat message in neutral blocks. Text is plain text: adapters render it so that it cannot format, ping, link or
 * unfurl.
 */
export type Message = {
  summary: string;
  blocks: Block[];
  files?: readonly MessageFile[];
  isPublic?: boolean;
  /** Shown in a dialog over the chat if the platform has dialogs for the request. */
  isDialog?: boolean;
  /** Shown only to the person who asked, even if answers are usually public, such as after a mention. */
  isPersonal?: boolean;
  /** The papers of the message's numbered list, so that "3" then means the third. `first` is the number of the first. */
  papers?: { first: number; ids: readonly string[] };
};

export type Block =
  | { type: 'heading'; text: string }
  | { type: 'paragraph'; content: Inline[] }
  | { type: 'note'; content: Inline[] }
  /** `start`: number of the first item of an ordered list, 1 by default. */
  | { type: 'list'; ordered: boolean; start?: number; items: Inline[][] }
  | { type: 'code'; text: string }
  | { type: 'buttons'; buttons: readonly Button[]; menu?: Menu }
  | { type: 'chart'; chart: Chart };

export type Inline = string | { text: string; bold?: boolean; italic?: boolean; code?: boolean; url?: string };

/** Maximum length of a button's or form's command, in characters. Discord allows 100, including our prefix. */
export const maxActionLength = 90;

/** A button runs its command with the rights of the person who presses it. */
export type Button = {
  label: string;
  /** A command such as `show 2503.07639`, of at most `maxActionLength` characters. */
  command: string;
  style?: 'primary' | 'danger';
};

/** Buttons that are used rarely, behind one control. */
export type Menu = { label: string; items: readonly Button[] };

export type Chart = {
  title: string;
  bars: readonly {
    label: string;
    value: number;
    shown: string;
  }[];
};

export type MessageFile = {
  name: string;
  mediaType: string;
  text: string;
};

/** Builders drop these values and return undefined if no content is left. */
type Absent = undefined | false | '';

export type Part = Block | Absent | readonly Part[];

const presentOf = <T>(parts: readonly (T | Absent)[]): T[] =>
  parts.filter((part): part is T => part !== undefined && part !== false && part !== '');

/** Buttons that destroy something come last, in a row of their own. */
const dangerApart = (block: Block): Block[] => {
  if (block.type !== 'buttons') return [block];
  const isDanger = ({ style }: Button): boolean => style === 'danger';
  const others = block.buttons.filter((one) => !isDanger(one));
  if (others.length === 0 || others.length === block.buttons.length) return [block];
  return [
    { ...block, buttons: others },
    { type: 'buttons', buttons: block.buttons.filter(isDanger) },
  ];
};

export const blocksOf = (...parts: readonly Part[]): Block[] =>
  presentOf(parts).flatMap((part) => ('type' in part ? dangerApart(part) : blocksOf(...part)));

export const message = (summary: string, parts: Part, options: Omit<Message, 'summary' | 'blocks'> = {}): Message => ({
  summary,
  blocks: blocksOf(parts),
  ...options,
});

export const textMessage = (text: string): Message => message(text, paragraph(text));

export const heading = (text: string): Block => ({ type: 'heading', text });

export const paragraph = (...parts: readonly (Inline | Absent)[]): Block | undefined => {
  const content = presentOf(parts);
  return content.length > 0 ? { type: 'paragraph', content } : undefined;
};

export const note = (...parts: readonly (Inline | Absent)[]): Block | undefined => {
  const content = presentOf(parts);
  return content.length > 0 ? { type: 'note', content } : undefined;
};

type Items = readonly (Inline | Inline[] | Absent)[];

const itemsOf = (parts: Items): Inline[][] =>
  presentOf<Inline | Inline[]>(parts).map((item) => (Array.isArray(item) ? item : [item]));

export const bulletList = (parts: Items): Block | undefined => {
  const items = itemsOf(parts);
  return items.length > 0 ? { type: 'list', ordered: false, items } : undefined;
};

export const numberedList = (parts: Items, start = 1): Block | undefined => {
  const items = itemsOf(parts);
  return items.length > 0 ? { type: 'list', ordered: true, ...(start > 1 && { start }), items } : undefined;
};

/** A numbered list that may start above 1, unlike the platforms' own lists. */
export const numberedFrom = (from: number, items: readonly Inline[][]): Part =>
  from === 1
    ? numberedList(items)
    : items.map((item, index) => paragraph({ text: `${from + index}. `, bold: true }, ...item));

export const codeBlock = (text: string): Block | undefined => (text === '' ? undefined : { type: 'code', text });

export const button = (
  label: string,
  words: readonly (string | undefined)[],
  style?: Button['style'],
): Button | undefined => {
  const command = words.filter((word) => word !== undefined && word !== '').join(' ');
  return command.length > maxActionLength ? undefined : { label, command, ...(style && { style }) };
};

type Buttons = readonly (Button | Absent | readonly (Button | Absent)[])[];

export const buttonRow = (...parts: Buttons): Block | undefined => {
  const buttons = presentOf(parts.flat());
  return buttons.length > 0 ? { type: 'buttons', buttons } : undefined;
};

export const buttonRowWithMenu = (label: string, menu: Buttons, ...parts: Buttons): Block | undefined => {
  const [row, items] = [buttonRow(...parts), presentOf(menu.flat())];
  return row?.type === 'buttons' && items.length > 0 ? { ...row, menu: { label, items } } : row;
};

export const plainText = (content: readonly Inline[]): string =>
  content.map((part) => (typeof part === 'string' ? part : part.text)).join('');

/**
 * One field of a form. Its value is always returned as text. Limits are Discord's: 45 characters for the label, 100 for
 * the hint, `maxValueLength` for the value, 25 options, and `maxFields` fields in a form.
 */
export type FormField = {
  name: string;
  label: string;
  kind: 'line' | 'text' | 'number' | 'choice';
  value?: string;
  hint?: string;
  required: boolean;
  options?: readonly { label: string; value: string }[];
  /** For a number field: whole numbers only, both ends included. */
  range?: { min: number; max: number };
};

/** In characters. Slack allows 3,000 in a field; Discord, 4,000. */
export const maxValueLength = 3_000;

export const maxFields = 5;

/**
 * Submitting a form runs its command, which has at most `maxActionLength` characters, with the values of the fields.
 */
export type Form = {
  /** At most 24 characters: Slack's limit. */
  title: string;
  /** Shown above the fields if the platform supports it, and instead of them on platforms without forms. */
  intro?: string;
  fields: readonly FormField[];
  submit: { label: string; command: string };
};

export type Answer = Message | { form: Form };

export const isForm = (answer: Answer): answer is { form: Form } => 'form' in answer;
