import { createHash } from 'node:crypto';
import { type Person, platformOf } from '../src/core/addresses.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Message } from '../src/core/message.ts';
import { countOf } from '../src/core/paper-text.ts';

type Asking = Pick<CommandContext, 'person' | 'platforms'>;

/** What stays on a platform that has people's reactions itself; nothing of a place of our own. */
const staying = ({ person, platforms }: Asking): Block[] => {
  const platform = platforms.find(({ name }) => name === platformOf(person));
  if (!platform?.keepsReactions) return [];
  const text = `Your messages and reactions on ${platform.label} are not mine to remove. Reactions of the last two weeks that still stand there are counted again, so take them back there too.`;
  return [{ type: 'note', content: [text] }];
};

/** Whoever else sees the question, as under a mention, must not be taken for the one who asked. */
const markOf = (person: Person): string => createHash('sha256').update(person).digest('hex').slice(0, 12);

const question = (asking: Asking, papers: number): Message => {
  const list = papers > 0 ? `your reading list (${countOf(papers, 'paper')})` : 'your reading list, which is empty';
  const text = `This deletes your votes, ${list}, and your name where you changed something. It cannot be taken back.`;
  return {
    summary: 'Shall I forget you?',
    isPersonal: true,
    blocks: [
      { type: 'paragraph', content: [text] },
      ...staying(asking),
      {
        type: 'buttons',
        buttons: [
          { label: 'Forget my votes, list and name', command: `forgotten ${markOf(asking.person)}`, style: 'danger' },
          { label: 'My list as BibTeX', command: 'saved as bibtex' },
        ],
      },
    ],
  };
};

const what = { type: 'word', values: ['me'], description: 'me: you, whoever types it' } as const;

export const forget = defineCommand({
  name: 'forget',
  summary: 'delete your votes, your reading list and your name',
  isPersonal: true,
  examples: ['forget me'],
  options: { what },

  async run(context, { what: asked }) {
    if (asked === undefined)
      throw new UserError('Type /arxiv forget me to delete your votes, your reading list and your name.');
    return question(context, (await context.stores.saved.list(context.person)).length);
  },
});

/** What the button under `forget me` says. */
export const forgotten = defineCommand({
  name: 'forgotten',
  summary: 'delete your votes, your reading list and your name at once',
  isPersonal: true,
  examples: ['forgotten 0123456789ab'],
  isHidden: true,
  options: { mark: { type: 'text', description: 'who was asked', required: true } },

  async run(context, { mark }) {
    const { stores, person } = context;
    if (mark !== markOf(person))
      throw new UserError(
        'Somebody else was asked that. Type /arxiv forget me to delete your own votes, reading list and name.',
      );
    const { votes, saved } = await stores.changes.forget(person);
    const removed = `${countOf(votes, 'vote')} and ${countOf(saved, 'saved paper')}`;
    return {
      summary: 'You are forgotten',
      isPersonal: true,
      blocks: [
        {
          type: 'paragraph',
          content: [`Deleted: ${removed}; your name stands nowhere any more in what I keep of changes.`],
        },
        ...staying(context),
      ],
    };
  },
});
