import { dateIn } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { type Inline, type Message, textMessage } from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper-text.ts';
import type { SavedPaper } from '../src/core/stores.ts';
import { bibtexOf } from './parts/bibtex.ts';
import { button, buttonsBlock } from './parts/buttons.ts';
import { dayText } from './parts/dates.ts';
import { paperLine } from './parts/paper-lines.ts';
import { channelIfAny } from './parts/place.ts';

const perPage = 20;
/** More buttons than these would hide the list. */
const removable = 3;

const asBibtex = (saved: readonly SavedPaper[]): Message => {
  const text = `Your reading list as BibTeX: ${countOf(saved.length, 'paper')}.`;
  return {
    ...textMessage(text),
    files: [
      {
        name: 'saved.bib',
        mediaType: 'application/x-bibtex',
        text: bibtexOf(saved.map(({ paper }) => paper)),
      },
    ],
  };
};

export const saved = defineCommand({
  name: 'saved',
  summary: 'your reading list, also to take away',
  isPersonal: true,
  examples: ['saved', 'saved as bibtex'],
  options: {
    as: { type: 'word', keyword: 'as', values: ['bibtex'], description: 'as a file for your bibliography' },
    from: {
      type: 'integer',
      keyword: 'from',
      minimum: 1,
      maximum: 100_000,
      description: 'the number to begin with',
    },
  },

  async run(context, { as, from = 1 }) {
    const list = await context.stores.saved.list(context.person);
    if (list.length === 0)
      return textMessage('Your reading list is empty; /arxiv save with an id or a link puts a paper on it.');
    if (as === 'bibtex') return asBibtex(list);
    if (from > list.length)
      throw new UserError(`Your list has only ${countOf(list.length, 'paper')}; type /arxiv saved to see it.`);
    const timeZone = (await channelIfAny(context))?.timezone ?? 'UTC';
    const shown = list.slice(from - 1, from - 1 + perPage);
    const lines = shown.map(({ paper, at }) => paperLine(paper, dayText(dateIn(new Date(at), timeZone))));
    const next = from + shown.length;
    const heading = `Your reading list: ${countOf(list.length, 'paper')}`;
    const part =
      shown.length < list.length ? `${from} to ${next - 1} of ${list.length}, the newest first.` : 'The newest first.';
    return {
      summary: heading,
      blocks: [
        { type: 'heading', text: heading },
        ...(from === 1
          ? [{ type: 'list' as const, ordered: true, items: lines }]
          : lines.map((line, index) => {
              const content: Inline[] = [{ text: `${from + index}. `, bold: true }, ...line];
              return { type: 'paragraph' as const, content };
            })),
        { type: 'note', content: [part] },
        ...buttonsBlock([
          ...(next > list.length ? [] : button('More', ['saved', `from ${next}`])),
          ...button('Take away as BibTeX', ['saved as bibtex'], 'primary'),
          ...shown
            .slice(0, removable)
            .flatMap(({ paper }) => button(`Remove ${shorten(paper.title, 30)}`, ['unsave', paper.id])),
        ]),
      ],
    };
  },
});
