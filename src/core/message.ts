/**
 * A chat message in neutral blocks. Text is plain text: an adapter renders it so that nothing in it can format, ping,
 * link or unfurl. Only the fields of these types carry meaning.
 */
export type Message = {
  /** One line for notifications and for clients that show no blocks. */
  summary: string;
  blocks: Block[];
  /** To take away; a platform without files shows their text. */
  files?: readonly MessageFile[];
  /** For everybody in the place where it was asked for; an answer is for the one who asked unless this says otherwise. */
  isPublic?: boolean;
  /** About the person who asked: shown to nobody else, also where answers are public by nature, as to a mention. */
  isPersonal?: boolean;
};

export type Block =
  | { type: 'heading'; text: string }
  | { type: 'paragraph'; content: Inline[] }
  /** Small print. */
  | { type: 'note'; content: Inline[] }
  | { type: 'list'; ordered: boolean; items: Inline[][] }
  | { type: 'code'; text: string }
  | { type: 'buttons'; buttons: readonly Button[] }
  | { type: 'chart'; chart: Chart };

export type Inline = string | { text: string; bold?: boolean; italic?: boolean; code?: boolean; url?: string };

/** The longest command text that a button or a form may carry: Discord has 100 characters for it and our mark. */
export const maxActionLength = 90;

/** Something to press. Whoever presses it says its command, with their own rights. */
export type Button = {
  label: string;
  /** A command text such as `show 2503.07639`, at most `maxActionLength` characters. */
  command: string;
  style?: 'primary' | 'danger';
};

/** Values side by side as a picture of bars, such as papers by day. */
export type Chart = {
  title: string;
  bars: readonly {
    label: string;
    value: number;
    /** How the value is written, such as `$0.12`. */
    shown: string;
  }[];
};

export type MessageFile = {
  name: string;
  /** Such as `application/x-bibtex`. */
  mediaType: string;
  text: string;
};

/** A message of one paragraph. */
export const textMessage = (text: string): Message => ({
  summary: text,
  blocks: [{ type: 'paragraph', content: [text] }],
});

/** The text of inline content without its formatting. */
export const plainText = (content: readonly Inline[]): string =>
  content.map((part) => (typeof part === 'string' ? part : part.text)).join('');
