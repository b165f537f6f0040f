import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Button, Message } from '../src/core/message.ts';
import { isSamplePaper, type Paper } from '../src/core/paper.ts';
import { countOf, linkedTitle } from '../src/core/paper-text.ts';
import { buttonsBlock } from './shared/buttons.ts';

const paperOption = { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } as const;

const list: Button = { label: 'My list', command: 'saved' };

const told = (said: string, paper: Paper, after: string, buttons: Button[]): Message => ({
  summary: `${said} ${paper.title}`,
  blocks: [
    { type: 'paragraph', content: [`${said} `, linkedTitle(paper), ` (${paper.id}). ${after}`] },
    ...buttonsBlock(buttons),
  ],
});

const lengthText = (count: number): string =>
  count === 0 ? 'Your list is empty now.' : `Your list has ${countOf(count, 'paper')}.`;

export const save = defineCommand({
  name: 'save',
  summary: 'put a paper on your reading list',
  isPersonal: true,
  examples: ['save 2503.07639', 'save https://arxiv.org/abs/2503.07639'],
  options: { paper: paperOption },

  async run({ services, stores, person, clock, signal }, { paper: id }) {
    if (isSamplePaper({ id }))
      throw new UserError(
        'That paper is invented, for the sample day; save one with an arXiv id, such as /arxiv save 2503.07639.',
      );
    const paper = await services.papers.find(id, signal);
    const isNew = await stores.saved.add(person, paper.id, clock.now().toISOString());
    const count = (await stores.saved.list(person)).length;
    return told(isNew ? 'Saved:' : 'It is on your list already:', paper, lengthText(count), [
      list,
      { label: 'Unsave', command: `unsave ${paper.id}` },
      { label: 'More like this', command: `similar ${paper.id}` },
    ]);
  },
});

export const unsave = defineCommand({
  name: 'unsave',
  summary: 'take a paper off your reading list',
  isPersonal: true,
  examples: ['unsave 2503.07639'],
  options: { paper: paperOption },

  async run({ stores, person }, { paper: id }) {
    const before = await stores.saved.list(person);
    const paper = before.find((one) => one.paper.id === id)?.paper;
    const isRemoved = await stores.saved.remove(person, id);
    if (!isRemoved || !paper) throw new UserError(`${id} is not on your list; type /arxiv saved to see what is.`);
    return told('Taken off your list:', paper, lengthText(before.length - 1), [
      { label: 'Put it back', command: `save ${paper.id}` },
      list,
    ]);
  },
});
