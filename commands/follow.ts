import { type AuthorCandidate, isGroupName, isNameSuffix, nameKey, sameNameAs } from '../src/core/author.ts';
import type { Channel, FollowedAuthor } from '../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { unquoted } from '../src/core/folding.ts';
import {
  bulletList,
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  note,
  paragraph,
  textMessage,
} from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper.ts';
import { nearestOf } from './shared/nearest.ts';

const nameOnly = 'none';

const idOption = {
  type: 'text',
  keyword: 'id',
  required: false,
  description: 'the number in the address of the author’s Semantic Scholar page',
} as const;

const maxCandidates = 8;
const maxNameLength = 100;

const pageOf = (id: string): string => `https://www.semanticscholar.org/author/${id}`;

const authorLine = ({ name, semanticScholarId: id }: FollowedAuthor): Inline[] =>
  id === undefined ? [name, ' (every author of this name)'] : [name, ' (', { text: id, url: pageOf(id) }, ')'];

const listButton = button('Followed authors', ['following']);

const followWords = (name: string, id: string): string[] => ['follow', name, 'id', id];

const factsOf = ({ hIndex, papers }: AuthorCandidate): string =>
  [hIndex === undefined ? '' : `h-index ${hIndex}`, papers === undefined ? '' : countOf(papers, 'paper')]
    .filter(Boolean)
    .join(', ');

const choice = (name: string, candidates: readonly AuthorCandidate[]): Message => {
  const shown = candidates.slice(0, maxCandidates).map((one) => ({ ...one, facts: factsOf(one) }));
  const more = candidates.length - shown.length;
  return message(`Which ${name}?`, [
    paragraph(
      `Semantic Scholar lists ${countOf(candidates.length, 'author')} named ${name}. ${candidates.length === 1 ? 'Is this the one you mean?' : 'Which one do you mean?'}`,
    ),
    bulletList(
      shown.map(({ name: found, authorId, facts }): Inline[] => [
        { text: found, url: pageOf(authorId) },
        `${facts ? `, ${facts}` : ''} (id ${authorId})`,
      ]),
    ),
    note(
      more > 0 &&
        `${countOf(more, 'more author')} not shown. Take the number from the address of the author’s page and type /arxiv follow ${name} id 1234567`,
    ),
    buttonRow(
      shown.map(({ name: found, authorId, facts }) =>
        button(shorten(facts ? `${found}: ${facts}` : found, 75), followWords(name, authorId)),
      ),
      button('Name only', followWords(name, nameOnly)),
    ),
  ]);
};

const isSameAuthor = (one: FollowedAuthor, other: FollowedAuthor): boolean =>
  one.semanticScholarId !== undefined && other.semanticScholarId !== undefined
    ? one.semanticScholarId === other.semanticScholarId
    : sameNameAs(one.name)(other.name);

/** The names in an input such as "Ada Moe, Jr., Bo Ek and Cy Ray". */
const namesIn = (input: string): string[] => {
  const names: string[] = [];
  for (const part of input.split(isGroupName(input) && !input.includes(';') ? /;/ : /[,;，、]|\s(?:and|&)\s/i)) {
    const name = unquoted(part).replace(/\s+/g, ' ');
    const before = names.pop();
    if (before === undefined || !isNameSuffix(name)) names.push(...(before === undefined ? [] : [before]), name);
    else names.push(`${before}, ${name}`);
  }
  return names.filter(Boolean);
};

/** "Moe, Ada" is one name if one of its parts is a single word. */
const inverted = (input: string, names: readonly string[]): string | undefined => {
  const [last, first] = names;
  if (names.length !== 2 || first === undefined || last === undefined || !/[,，]/.test(input)) return undefined;
  return last.includes(' ') && first.includes(' ') ? undefined : `${first} ${last}`;
};

const oneAtATime = (input: string, names: readonly string[], id: string | undefined): Message => {
  const meant = inverted(input, names);
  const offered = meant === undefined ? names.filter((name) => name.includes(' ')) : [meant];
  return message('One author at a time', [
    paragraph(
      meant === undefined
        ? 'That looks like several names. Follow one author at a time, with the name as it appears on papers.'
        : `Write the name as it appears on papers, first name first. Do you mean ${meant}?`,
    ),
    buttonRow(
      offered
        .slice(0, maxCandidates)
        .map((name) => button(shorten(`Follow ${name}`, 75), id ? followWords(name, id) : ['follow', name])),
    ),
  ]);
};

/** @param lookup Result of looking up the name, as a sentence with a space before it. */
const added = async (
  context: CommandContext,
  channel: Channel,
  author: FollowedAuthor,
  lookup = '',
): Promise<Message> => {
  const known = channel.authors.find((one) => isSameAuthor(one, author));
  if (known && (known.semanticScholarId !== undefined || author.semanticScholarId === undefined))
    throw new UserError(`${known.name} is already followed. Type /arxiv following for all followed authors.`);
  // An id replaces the bare name.
  const authors = [...channel.authors.filter((one) => one !== known), author];
  await context.channels.change(channel.name, { kind: 'authors', authors }, context.person);
  const id = author.semanticScholarId;
  const how = id === undefined ? `${lookup} Papers are matched by name.` : '';
  return message(`${channel.name} follows ${author.name}`, [
    paragraph(`${channel.name} now follows `, ...authorLine(author), ` and posts all of their papers.${how}`),
    buttonRow(button('Unfollow', ['unfollow', author.name, ...(id ? ['id', id] : [])]), listButton),
  ]);
};

export const follow = defineCommand({
  name: 'follow',
  summary: 'Follow an author: all of their papers are posted',
  examples: ['follow Yoshua Bengio', 'follow Yoshua Bengio id 1751762'],
  rights: 'managers',
  options: {
    author: { type: 'text', description: 'the name as it appears on papers', required: true, offers: 'authors' },
    id: idOption,
  },

  async run(context, { author: input, id }) {
    const channel = await context.channel();
    const names = namesIn(unquoted(input));
    const [name = ''] = names;
    if (!/\p{L}/u.test(name)) throw new UserError('The name is missing. Write it as it appears on papers.');
    if (names.length > 1) return oneAtATime(input, names, id);
    if (name.length > maxNameLength) throw new UserError('The name is too long. Write it as it appears on papers.');
    if (id?.toLowerCase() === nameOnly) return added(context, channel, { name });
    if (id !== undefined) {
      if (!/^\d{1,20}$/.test(id))
        throw new UserError(
          `"${shorten(id, 60)}" is not an author id. Write the number, such as /arxiv follow ${name} id 1751762.`,
        );
      return added(context, channel, { name, semanticScholarId: id });
    }
    await context.progress(textMessage(`Looking up ${name} …`));
    const candidates = await context.services.authors.candidates(name, context.signal);
    if (candidates === undefined) return added(context, channel, { name }, ' Semantic Scholar could not be reached.');
    if (candidates.length === 0)
      return added(context, channel, { name }, ' Semantic Scholar lists no author with this name.');
    return choice(name, candidates);
  },
});

export const unfollow = defineCommand({
  name: 'unfollow',
  summary: 'Stop following an author',
  examples: ['unfollow Yoshua Bengio'],
  rights: 'managers',
  options: {
    author: { type: 'text', description: 'the name', required: true, offers: 'following' },
    id: idOption,
  },

  async run(context, { author: input, id }) {
    const channel = await context.channel();
    const { authors } = channel;
    const same = authors.filter(({ name }) => sameNameAs(input)(name));
    const exact = same.filter(({ name }) => nameKey(name) === nameKey(input));
    const named = exact.length > 0 ? exact : same;
    const found = id === undefined ? named : authors.filter(({ semanticScholarId }) => semanticScholarId === id);
    const [author, ...others] = found;
    if (!author) {
      const near = nearestOf(
        shorten(input, maxNameLength),
        authors.map(({ name }) => name),
      );
      const advice = near ? `Did you mean /arxiv unfollow ${near}?` : 'Type /arxiv following for all followed authors.';
      throw new UserError(`${channel.name} does not follow "${shorten(input, 60)}". ${advice}`);
    }
    if (others.length > 0)
      return message(`Which ${author.name}?`, [
        paragraph(`${channel.name} follows ${found.length} authors with this name. Which one do you mean?`),
        bulletList(found.map(authorLine)),
        buttonRow(
          found.map(
            ({ name, semanticScholarId: own }) => own && button(`Unfollow ${own}`, ['unfollow', name, 'id', own]),
          ),
        ),
      ]);
    const left = authors.filter((one) => one !== author);
    await context.channels.change(channel.name, { kind: 'authors', authors: left }, context.person);
    const done = `${channel.name} no longer follows ${author.name}`;
    return message(done, [
      paragraph(`${done}. It follows ${left.length === 0 ? 'nobody' : countOf(left.length, 'author')} now.`),
      buttonRow(button('Follow again', followWords(author.name, author.semanticScholarId ?? nameOnly)), listButton),
    ]);
  },
});

export const following = defineCommand({
  name: 'following',
  summary: 'List the followed authors',
  examples: ['following'],
  options: {},

  async run(context) {
    const { name, authors } = await context.channel();
    if (authors.length === 0)
      return textMessage(`${name} follows nobody yet. Type, for example, /arxiv follow Yoshua Bengio.`);
    const title = `${name} follows ${countOf(authors.length, 'author')}`;
    return message(title, [
      heading(title),
      bulletList(authors.toSorted((a, b) => a.name.localeCompare(b.name, 'en')).map(authorLine)),
      note('Managers add authors with /arxiv follow and remove them with /arxiv unfollow.'),
    ]);
  },
});
