/**
 * A chat message in neutral blocks. Text is plain text: an adapter renders it so that nothing in it can format, ping,
 * link or unfurl. Only the fields of these types carry meaning.
 */
export type Message = {
  /** One line for notifications and for clients that show no blocks. */
  summary: string;
  blocks: Block[];
};

export type Block =
  | { type: 'heading'; text: string }
  | { type: 'paragraph'; content: Inline[] }
  /** Small print. */
  | { type: 'note'; content: Inline[] }
  | { type: 'list'; ordered: boolean; items: Inline[][] }
  | { type: 'code'; text: string };

export type Inline = string | { text: string; bold?: boolean; italic?: boolean; code?: boolean; url?: string };

/** A message of one paragraph. */
export const textMessage = (text: string): Message => ({
  summary: text,
  blocks: [{ type: 'paragraph', content: [text] }],
});

/** The text of inline content without its formatting. */
export const plainText = (content: readonly Inline[]): string =>
  content.map((part) => (typeof part === 'string' ? part : part.text)).join('');
