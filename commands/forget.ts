import { createHash } from 'node:crypto';
import { type Person, platformOf } from '../src/core/addresses.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { button, buttonRow, type Message, message, note, paragraph } from '../src/core/message.ts';
import { countOf } from '../src/core/paper.ts';
import { countAgain, recentlyMarked } from './shared/linked.ts';
import { addressText } from './shared/people.ts';

type Asker = { people: readonly Person[]; platforms: CommandContext['platforms'] };

/** All identities of the person who asks. */
const askerOf = async ({ person, platforms, stores }: CommandContext): Promise<Asker> => {
  const linked = (await stores.links.linked(person)).map((one) => one.person);
  return { people: linked.length > 0 ? linked.toSorted() : [person], platforms };
};

const remoteNote = ({ people, platforms }: Asker) => {
  const names = new Set(people.map(platformOf));
  const labels = platforms.flatMap(({ name, label, keepsReactions }) =>
    keepsReactions && names.has(name) ? label : [],
  );
  return note(
    labels.length > 0 &&
      `Paperboy cannot remove your messages or reactions on ${labels.join(' and ')}. It counts reactions to papers from the last two weeks again unless you remove them there.`,
  );
};

/**
 * Ties the button to the person who asked, because others also see it in a reply to a mention, and to what they had linked
 * then.
 */
const markOf = ({ people }: Asker): string => createHash('sha256').update(people.join('\n')).digest('hex').slice(0, 12);

const question = (asker: Asker, papers: number): Message => {
  const list = papers > 0 ? `your reading list (${countOf(papers, 'paper')})` : 'your reading list, which is empty';
  const linked = asker.people.map((person) => addressText(person, asker)).join(', ');
  return message(
    'Delete your data?',
    [
      paragraph(
        `This deletes your votes, ${list}, which papers you have read, your last list and question, and your name in the change log. You cannot undo it.`,
      ),
      paragraph(asker.people.length > 1 && `It covers all that you linked, and the links: ${linked}.`),
      remoteNote(asker),
      buttonRow(button('Delete', ['forgotten', markOf(asker)], 'danger'), button('Export BibTeX', ['saved as bibtex'])),
    ],
    { isPersonal: true },
  );
};

export const forget = defineCommand({
  name: 'forget',
  summary: 'Delete your votes, your reading list and your name',
  isPersonal: true,
  examples: ['forget me'],
  aliases: [
    ['delete my data', 'me'],
    ['forget about me', 'me'],
  ],
  options: {
    what: { type: 'word', values: ['me'], description: 'whose data to delete; you can delete only your own' },
  },

  async run(context, { what }) {
    if (what === undefined)
      throw new UserError('Type /arxiv forget me to delete your votes, your reading list and your name.');
    return question(await askerOf(context), (await context.stores.saved.list(context.person)).length);
  },
});

export const forgotten = defineCommand({
  name: 'forgotten',
  summary: 'Delete your votes, your reading list and your name without asking',
  isPersonal: true,
  examples: ['forgotten 0123456789ab'],
  isHidden: true,
  options: { mark: { type: 'text', description: 'code that identifies the person who asked', required: true } },

  async run(context, { mark }) {
    const { stores, person, clock } = context;
    const asker = await askerOf(context);
    if (mark !== markOf(asker))
      throw new UserError(
        'This button is for somebody else, or you have changed your links since. Type /arxiv forget me to delete your own data.',
      );
    const marked = await recentlyMarked(context);
    const { votes, saved } = await stores.changes.forget(person, clock.now().toISOString());
    countAgain(marked, context, 1);
    const deleted = `${countOf(votes, 'vote')} and ${countOf(saved, 'saved paper')}`;
    return message(
      'Your data has been deleted',
      [paragraph(`Deleted: ${deleted}. Your name has been deleted from the change log.`), remoteNote(asker)],
      { isPersonal: true },
    );
  },
});
