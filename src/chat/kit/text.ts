import { withoutControls } from '../../core/folding.ts';
import {
  type Answer,
  type Block,
  type Chart,
  type Form,
  type FormField,
  type Inline,
  isForm,
  type Message,
  type MessageFile,
} from '../../core/message.ts';
import { chartLines } from './chart.ts';
import { readableMessage } from './readable.ts';

export const cannotFill = 'Forms cannot be filled in here. Use the web page or a chat app.';

/**
 * Removes characters that could control a terminal or reverse the text direction. No-break spaces become spaces: a
 * terminal breaks lines at them too, and `grep "9 + 8"` would not find them.
 */
const harmless = (text: string): string =>
  withoutControls(text)
    .replaceAll(/[\t\r]/g, '')
    .replaceAll('\u00a0', ' ');

const urlOf = (part: Inline | undefined): string | undefined => (typeof part === 'object' ? part.url : undefined);

/** The address of a line's only link is at its end; with more links, each address is after its last part. */
const inlineText = (content: readonly Inline[]): string => {
  const parts = content.map((part, index) => {
    const text = harmless(typeof part === 'string' ? part : part.text);
    const url = urlOf(part);
    const isWhole = url === undefined || url === text || urlOf(content[index + 1]) === url;
    return { text, address: isWhole ? undefined : ` <${harmless(url)}>` };
  });
  const addresses = parts.flatMap(({ address }) => address ?? []);
  const line = parts.map(({ text }) => text).join('');
  if (addresses.length === 1 && !line.includes('\n')) return `${line.trimEnd()}${addresses[0]}`;
  return parts.map(({ text, address }) => (address === undefined ? text : text.trimEnd() + address)).join('');
};

const underlined = (title: string): string => {
  const text = harmless(title);
  return `${text}\n${'─'.repeat(Math.min(80, text.length))}`;
};

const indented = (text: string): string => harmless(text).replaceAll(/^/gm, '    ');

const chartText = ({ title, bars }: Chart): string => {
  const shown = bars.map((bar) => ({ ...bar, label: harmless(bar.label), shown: harmless(bar.shown) }));
  return [underlined(title), ...chartLines({ title, bars: shown }, { label: 60, bar: 30, value: 60 })].join('\n');
};

/** The number of a paragraph such as "3. Title", as digests begin; undefined for other blocks. */
const numberOf = (block: Block): string | undefined => {
  const first = block.type === 'paragraph' ? block.content[0] : undefined;
  return typeof first === 'object' && first.bold ? /^\d+(?=\. $)/.exec(first.text)?.[0] : undefined;
};

const lastNumber = ({ start = 1, items }: Extract<Block, { type: 'list' }>): string => String(start + items.length - 1);

/** Characters of the longest number, so that the numbers of paragraphs and lists line up. */
const numberWidth = (blocks: readonly Block[]): number => {
  const numbers = blocks.map((block) =>
    block.type === 'list' && block.ordered ? lastNumber(block) : (numberOf(block) ?? ''),
  );
  return Math.max(0, ...numbers.map(({ length }) => length));
};

const blockText = (block: Block, width: number): string => {
  switch (block.type) {
    case 'heading':
      return underlined(block.text);
    case 'code':
      return indented(block.text);
    case 'paragraph':
    case 'note':
      return ' '.repeat(width - (numberOf(block)?.length ?? width)) + inlineText(block.content);
    case 'list': {
      const start = block.start ?? 1;
      return block.items
        .map(
          (item, index) => `${block.ordered ? `${String(start + index).padStart(width)}.` : '•'} ${inlineText(item)}`,
        )
        .join('\n');
    }
    case 'buttons':
      return [...block.buttons, ...(block.menu?.items ?? [])]
        .map(({ label, command }) => harmless(`→ ${label}: /arxiv ${command}`))
        .join('\n');
    case 'chart':
      return chartText(block.chart);
  }
};

const fileText = ({ name, text }: MessageFile): string => `${underlined(name)}\n${harmless(text).trimEnd()}`;

export const renderText = (message: Message): string => {
  const { blocks, files = [] } = readableMessage(message);
  const width = numberWidth(blocks);
  return `${[...blocks.map((block) => blockText(block, width)), ...files.map(fileText)].join('\n\n')}\n`;
};

/** A message without its buttons, which would be the same under each paper of a digest. */
export const renderInThread = ({ blocks, ...message }: Message): string =>
  renderText({ ...message, blocks: blocks.filter(({ type }) => type !== 'buttons') });

const fieldText = ({ label, value = '', options }: FormField): string => {
  const shown = options?.find((option) => option.value === value)?.label ?? value;
  if (shown.includes('\n')) return `${harmless(label)}:\n${indented(shown)}`;
  return `${harmless(label)}: ${shown === '' ? '–' : harmless(shown)}`;
};

const formText = ({ title, intro, fields }: Form): string => {
  const parts = [underlined(title), intro === undefined ? '' : harmless(intro), ...fields.map(fieldText), cannotFill];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};

export const renderAnswer = (answer: Answer): string => (isForm(answer) ? formText(answer.form) : renderText(answer));
