import type { Block, MessageFile } from '../../core/message.ts';

/** Characters as JSON counts them: those that are escaped count twice. */
const jsonLength = (text: string): number => JSON.stringify(text).length;

/** The lines of a text in pieces of at most so many characters; a longer line is a piece of its own. */
export const linePieces = (text: string, length: number): string[] => {
  const pieces: string[] = [];
  let piece: string | undefined;
  let size = 0;
  for (const line of text.split('\n')) {
    const added = jsonLength(line);
    if (piece !== undefined && size + added > length) {
      pieces.push(piece);
      piece = undefined;
      size = 0;
    }
    piece = piece === undefined ? line : `${piece}\n${line}`;
    size += added;
  }
  return piece === undefined ? pieces : [...pieces, piece];
};

/** A file as a text below its name, whole lines of it as far as they fit, and a line that says what does not. */
export const fileBlocks = ({ name, text }: MessageFile, length: number): Block[] => {
  const whole = text.trimEnd();
  const [first = ''] = linePieces(whole, length);
  const left = whole.split('\n').length - first.split('\n').length;
  const more = left === 1 ? '1 line more does not fit into Slack.' : `${left} lines more do not fit into Slack.`;
  return [
    { type: 'paragraph', content: [{ text: name, bold: true }] },
    { type: 'code', text: first },
    ...(left > 0 ? [{ type: 'note' as const, content: [`The file is cut here: ${more}`] }] : []),
  ];
};
