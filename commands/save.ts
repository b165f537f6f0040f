import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { type Button, bulletList, button, buttonRow, type Message, message, paragraph } from '../src/core/message.ts';
import { countOf, isSamplePaper, linkedTitle, type Paper } from '../src/core/paper.ts';
import { channelIfAny } from './shared/people.ts';

const maxNamed = 20;

const severalSaved = async (ids: readonly string[], context: CommandContext): Promise<Message> => {
  const { services, stores, person, clock, signal } = context;
  const papers: Paper[] = [];
  // One after the other, so that the first one stays the newest of the list.
  for (const id of ids.toReversed()) {
    const paper = await services.papers.find(id, signal, person);
    await stores.saved.add(person, paper.id, clock.now().toISOString());
    await showCounts(context, paper.id);
    papers.unshift(paper);
  }
  const count = (await stores.saved.list(person)).length;
  const title = `Saved ${countOf(papers.length, 'paper')}. Your list has ${countOf(count, 'paper')}.`;
  return message(title, [
    paragraph(title),
    bulletList(papers.slice(0, maxNamed).map((paper) => [linkedTitle(paper), ` (${paper.id})`])),
    buttonRow(listButton),
  ]);
};

const paperOption = { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } as const;

const showCounts = async (context: CommandContext, paperId: string): Promise<void> => {
  const channel = await channelIfAny(context);
  if (channel) context.services.showCounts(channel.name, paperId);
};

const listButton = button('My list', ['saved']);

const answer = (done: string, paper: Paper, count: number, buttons: readonly (Button | undefined)[]): Message => {
  const length = count === 0 ? 'Your list is empty now.' : `Your list has ${countOf(count, 'paper')}.`;
  return message(`${done} ${paper.title}`, [
    paragraph(`${done} `, linkedTitle(paper), ` (${paper.id}). ${length}`),
    buttonRow(buttons),
  ]);
};

export const save = defineCommand({
  name: 'save',
  summary: 'Save papers to your reading list',
  isPersonal: true,
  examples: ['save 2503.07639', 'save https://arxiv.org/abs/2503.07639', 'save 1 3'],
  aliases: ['bookmark', 'keep', 'add', 'star', 'store', 'favorite', 'favourite'],
  options: { paper: paperOption, more: { type: 'papers', description: 'more papers to save' } },

  async run(context, { paper: id, more = [] }) {
    const { services, stores, person, clock, signal } = context;
    const ids = [...new Set([id, ...more])];
    if (ids.some((one) => isSamplePaper({ id: one })))
      throw new UserError(
        'This paper is invented for the sample day. Save a paper with an arXiv id, such as /arxiv save 2503.07639.',
      );
    if (ids.length > 1) return severalSaved(ids, context);
    const paper = await services.papers.find(id, signal, person);
    const isNew = await stores.saved.add(person, paper.id, clock.now().toISOString());
    await showCounts(context, paper.id);
    const count = (await stores.saved.list(person)).length;
    return answer(isNew ? 'Saved:' : 'Already on your list:', paper, count, [
      listButton,
      button('Unsave', ['unsave', paper.id]),
      button('Similar', ['similar', paper.id]),
    ]);
  },
});

export const unsave = defineCommand({
  name: 'unsave',
  summary: 'Remove a paper from your reading list',
  isPersonal: true,
  examples: ['unsave 2503.07639'],
  aliases: ['remove', 'unbookmark', 'delete', 'drop', 'unstar'],
  options: { paper: paperOption },

  async run(context, { paper: id }) {
    const { stores, person } = context;
    const before = await stores.saved.list(person);
    const paper = before.find((one) => one.paper.id === id)?.paper;
    const isRemoved = await stores.saved.remove(person, id);
    if (!isRemoved || !paper) throw new UserError(`${id} is not on your list. Type /arxiv saved to see the list.`);
    await showCounts(context, paper.id);
    return answer('Removed from your list:', paper, before.length - 1, [
      button('Undo', ['save', paper.id]),
      listButton,
    ]);
  },
});
