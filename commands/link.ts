import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { codeMinutes, newCode } from '../src/core/links.ts';
import { button, buttonRow, codeBlock, heading, type Message, message, note, paragraph } from '../src/core/message.ts';
import { countOf } from '../src/core/paper.ts';
import { countAgain, linkedParts, recentlyMarked } from './shared/linked.ts';

const unlinkButton = button('Unlink', ['unlink']);

const offer = async (context: CommandContext): Promise<Message> => {
  const { stores, person, clock } = context;
  const code = newCode();
  await stores.links.offer(person, code, clock.now().toISOString());
  const linked = await stores.links.linked(person);
  const others = context.platforms.flatMap(({ name, label }) => (name === 'console' ? [] : label));
  return message(`Your code: ${code}`, [
    heading('Link your accounts'),
    paragraph(
      `Type this on another platform (${others.join(', ')}) or in another browser, within ${codeMinutes} minutes:`,
    ),
    codeBlock(`/arxiv link ${code}`),
    note(
      'Keep the code to yourself: it gives your votes, reading list and read marks to whoever types it. It works once.',
    ),
    await linkedParts(linked, context),
    buttonRow(linked.length > 0 && unlinkButton),
  ]);
};

const refused = {
  own: 'This code is from here. Type it on another platform or in another browser.',
  unknown: 'There is no such code, or it has expired. Type /arxiv link elsewhere to get a new one.',
} as const;

const join = async (code: string, context: CommandContext): Promise<Message> => {
  const { stores, services, person, address, clock } = context;
  const guessers = [person, ...(address === undefined ? [] : [address])];
  const seconds = await services.linkGuesses.secondsToWaitAnywhere(guessers);
  if (seconds > 0) throw new UserError(`Too many wrong codes. Try again in ${countOf(seconds, 'second')}.`);
  const outcome = await stores.links.join(person, code, clock.now().toISOString());
  if (outcome === 'unknown') services.linkGuesses.wrong(guessers);
  if (outcome === 'own' || outcome === 'unknown') throw new UserError(refused[outcome]);
  if (outcome === 'joined') countAgain(await recentlyMarked(context), context, 2);
  const title = outcome === 'joined' ? 'Linked' : 'Already linked';
  return message(title, [
    paragraph(
      { text: `${title}. `, bold: true },
      'You have one vote per paper, one reading list and one set of read marks. Where your votes differ, the later one counts.',
    ),
    await linkedParts(await stores.links.linked(person), context),
    buttonRow(button('My list', ['saved']), unlinkButton),
  ]);
};

export const link = defineCommand({
  name: 'link',
  summary: 'Link your accounts: one vote, one reading list',
  isPersonal: true,
  examples: ['link', 'link WDJB-MJHT'],
  options: {
    code: { type: 'code', description: 'a code from elsewhere; without one, shows a new code and what is linked' },
  },

  run: (context, { code }) => (code === undefined ? offer(context) : join(code, context)),
});

export const unlink = defineCommand({
  name: 'unlink',
  summary: 'Unlink this account, or all that you linked',
  isPersonal: true,
  examples: ['unlink', 'unlink all'],
  options: {
    what: { type: 'word', values: ['all'], description: 'separate all accounts, for example if you lost one of them' },
  },

  async run(context, { what }) {
    const { stores, person } = context;
    const marked = await recentlyMarked(context);
    const isUnlinked = await (what === 'all' ? stores.links.separate(person) : stores.links.leave(person));
    if (!isUnlinked) throw new UserError('Nothing is linked here. Type /arxiv link to get a code.');
    countAgain(marked, context, 2);
    const who = what === 'all' ? 'Each account' : 'This account';
    return message('Unlinked', [
      paragraph({ text: 'Unlinked. ', bold: true }, `${who} keeps its own votes, saved papers and read marks.`),
      buttonRow(button('Link', ['link'])),
    ]);
  },
});
