import { bibtexOf } from '../src/core/citations/bibtex.ts';
import { type ExportFormat, exportFormats, exports } from '../src/core/citations/exports.ts';
import { defineCommand } from '../src/core/command.ts';
import { dateIn, dayText } from '../src/core/dates.ts';
import { UserError } from '../src/core/errors.ts';
import {
  button,
  buttonRow,
  codeBlock,
  heading,
  type Message,
  message,
  note,
  numberedFrom,
  paragraph,
  textMessage,
} from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper.ts';
import type { SavedPaper } from '../src/core/reading.ts';
import { fromOption, paperLine } from './shared/paper-lines.ts';
import { channelIfAny } from './shared/people.ts';

const perPage = 20;
const maxRemoveButtons = 3;

const exported = (saved: readonly SavedPaper[], format: ExportFormat): Message => {
  const { label, ending, mediaType, write } = exports[format];
  const text = `Your reading list as ${label}: ${countOf(saved.length, 'paper')}.`;
  const file = { name: `saved.${ending}`, mediaType, text: write(saved.map(({ paper }) => paper)) };
  return message(text, paragraph(text), { files: [file] });
};

export const bibtex = defineCommand({
  name: 'bibtex',
  summary: 'Show a paper as BibTeX',
  examples: ['bibtex 2503.07639'],
  isHidden: true,
  isPersonal: true,
  options: { paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } },

  async run({ services, person, signal }, { paper: id }) {
    const paper = await services.papers.find(id, signal, person);
    return message(`BibTeX of ${paper.title}`, codeBlock(bibtexOf([paper]).trimEnd()));
  },
});

export const saved = defineCommand({
  name: 'saved',
  summary: 'Show or export your reading list',
  isPersonal: true,
  examples: ['saved', 'saved as bibtex', 'saved as ris', 'saved as csl'],
  aliases: [
    'my list',
    'what did i save',
    'my papers',
    'my saved papers',
    'reading list',
    'my reading list',
    'bookmarks',
    ['export', 'as bibtex'],
    ['export as', 'as'],
    ...exportFormats.map((format) => [`export ${format}`, `as ${format}`] as const),
    ['bibtex', 'as bibtex'],
    ['ris', 'as ris'],
  ],
  options: {
    as: { type: 'word', keyword: 'as', values: exportFormats, description: 'export as BibTeX, RIS or CSL-JSON' },
    from: fromOption,
  },

  async run(context, { as, from = 1 }) {
    const list = await context.stores.saved.list(context.person);
    if (list.length === 0)
      return textMessage('Your reading list is empty. Type /arxiv save with an id or a link to add a paper.');
    if (as !== undefined) return exported(list, as);
    if (from > list.length)
      throw new UserError(`Your list has only ${countOf(list.length, 'paper')}. Type /arxiv saved to see them.`);
    const timeZone = (await channelIfAny(context))?.timezone ?? 'UTC';
    const shown = list.slice(from - 1, from - 1 + perPage);
    const lines = shown.map(({ paper, at }) => paperLine(paper, dayText(dateIn(new Date(at), timeZone))));
    const next = from + shown.length;
    const title = `Your reading list: ${countOf(list.length, 'paper')}`;
    const papers = { first: from, ids: shown.map(({ paper }) => paper.id) };
    const parts = [
      heading(title),
      numberedFrom(from, lines),
      note(shown.length < list.length ? `${from} to ${next - 1} of ${list.length}, newest first.` : 'Newest first.'),
      buttonRow(
        next <= list.length && button('More', ['saved', `from ${next}`]),
        button('Export BibTeX', ['saved as bibtex'], 'primary'),
        shown
          .slice(0, maxRemoveButtons)
          .map(({ paper }) => button(`Remove ${shorten(paper.title, 30)}`, ['unsave', paper.id])),
      ),
    ];
    return message(title, parts, { papers });
  },
});
