import { stripVTControlCharacters } from 'node:util';
import { type Answer, type Form, type FormField, isForm } from '../../core/form.ts';
import type { Block, Chart, Inline, Message, MessageFile } from '../../core/message.ts';

/** Cells of a chart's longest bar. */
const maxBarLength = 30;
/** An eighth of a cell to seven. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Nothing in a text may steer the terminal. */
const harmless = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/(?!\n)\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '');

const urlOf = (part: Inline | undefined): string | undefined => (typeof part === 'object' ? part.url : undefined);

/** A link's address stands once, after the last of its pieces. */
const inlineText = (content: readonly Inline[]): string =>
  content
    .map((part, index) => {
      const text = harmless(typeof part === 'string' ? part : part.text);
      const url = urlOf(part);
      const isWhole = url === undefined || url === text || urlOf(content[index + 1]) === url;
      return isWhole ? text : `${text.trimEnd()} <${harmless(url)}>`;
    })
    .join('');

const underlined = (title: string): string => {
  const text = harmless(title);
  return `${text}\n${'─'.repeat(Math.min(80, text.length))}`;
};

const indented = (text: string): string => harmless(text).replaceAll(/^/gm, '    ');

/** However small a value is, it shows; none shows nothing. */
const barOf = (value: number, most: number): string => {
  const length = most > 0 && value > 0 ? Math.max(1, Math.round((value / most) * maxBarLength * 8)) : 0;
  return `${'█'.repeat(Math.floor(length / 8))}${eighths[length % 8]}`;
};

const chartText = ({ title, bars }: Chart): string => {
  const width = Math.max(0, ...bars.map(({ label }) => harmless(label).length));
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const rows = bars.map(({ label, value, shown }) =>
    [harmless(label).padEnd(width), barOf(value, most), harmless(shown)].filter((part) => part !== '').join(' '),
  );
  return [underlined(title), ...rows].join('\n');
};

const blockText = (block: Block): string => {
  switch (block.type) {
    case 'heading':
      return underlined(block.text);
    case 'code':
      return indented(block.text);
    case 'paragraph':
    case 'note':
      return inlineText(block.content);
    case 'list': {
      const width = block.ordered ? String(block.items.length).length : 0;
      return block.items
        .map((item, index) => `${block.ordered ? `${String(index + 1).padStart(width)}.` : '•'} ${inlineText(item)}`)
        .join('\n');
    }
    case 'buttons':
      return block.buttons.map(({ label, command }) => harmless(`→ ${label}: /arxiv ${command}`)).join('\n');
    case 'chart':
      return chartText(block.chart);
  }
};

const fileText = ({ name, text }: MessageFile): string => `${underlined(name)}\n${harmless(text).trimEnd()}`;

/** A message as plain text for a terminal, with a line break at the end. */
export const renderText = ({ blocks, files = [] }: Message): string =>
  `${[...blocks.map(blockText), ...files.map(fileText)].join('\n\n')}\n`;

/** A message of a thread, without its buttons: under each of twenty papers they would say the same. */
export const renderInThread = ({ blocks, ...message }: Message): string =>
  renderText({ ...message, blocks: blocks.filter(({ type }) => type !== 'buttons') });

const fieldText = ({ label, value = '', options }: FormField): string => {
  const shown = options?.find((option) => option.value === value)?.label ?? value;
  if (shown.includes('\n')) return `${harmless(label)}:\n${indented(shown)}`;
  return `${harmless(label)}: ${shown === '' ? '–' : harmless(shown)}`;
};

/** A terminal has no forms: what one would ask for, as it stands now, and where it can be filled in. */
const formText = ({ title, intro, fields }: Form): string => {
  const where = 'This is a form. Fill it in on Slack, Discord or the web page; a terminal can only show it.';
  const parts = [underlined(title), ...(intro === undefined ? [] : [harmless(intro)]), ...fields.map(fieldText), where];
  return `${parts.join('\n\n')}\n`;
};

/** What a command answers as plain text for a terminal, with a line break at the end. */
export const renderAnswer = (answer: Answer): string => (isForm(answer) ? formText(answer.form) : renderText(answer));
