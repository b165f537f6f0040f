import { type AuthorCandidate, nameKey } from '../src/core/author.ts';
import type { Channel, FollowedAuthor } from '../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { type Block, type Button, type Inline, type Message, textMessage } from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper-text.ts';
import { button, buttonsBlock } from './shared/buttons.ts';

/** The value of `id` for an author who is known by name alone. */
export const nameAlone = 'none';

/** Address of an author’s page. */
const pageOf = (id: string): string => `https://www.semanticscholar.org/author/${id}`;

/** The name with the id in the index of authors, or that there is none. */
export const authorLine = ({ name, semanticScholarId: id }: FollowedAuthor): Inline[] =>
  id === undefined ? [name, ' (by name alone)'] : [name, ' (', { text: id, url: pageOf(id) }, ')'];

export const listButton = button('Who is followed', ['following']);

/** The command that follows an author. */
export const toFollow = (name: string, id: string): string[] => ['follow', name, 'id', id];

export const idOption = {
  type: 'text',
  keyword: 'id',
  required: false,
  description: 'the number in the address of the author’s page at Semantic Scholar',
} as const;

const maxCandidates = 8;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

const factsOf = ({ hIndex, papers }: AuthorCandidate): string =>
  [hIndex === undefined ? '' : `h-index ${hIndex}`, papers === undefined ? '' : countOf(papers, 'paper')]
    .filter(Boolean)
    .join(', ');

const choice = (name: string, candidates: readonly AuthorCandidate[]): Message => {
  const shown = candidates.slice(0, maxCandidates);
  const buttons = shown.flatMap((one): Button[] => {
    const facts = factsOf(one);
    return button(shorten(facts ? `${one.name}: ${facts}` : one.name, 75), toFollow(name, one.authorId));
  });
  const items = shown.map((one): Inline[] => {
    const facts = factsOf(one);
    return [{ text: one.name, url: pageOf(one.authorId) }, `${facts ? `, ${facts}` : ''} (id ${one.authorId})`];
  });
  const more = candidates.length - shown.length;
  return {
    summary: `Whom do you mean by ${name}?`,
    blocks: [
      paragraph(
        `Semantic Scholar knows ${countOf(candidates.length, 'author')} by the name ${name}. Whom do you mean?`,
      ),
      { type: 'list', ordered: false, items },
      ...(more > 0
        ? [
            {
              type: 'note' as const,
              content: [
                `For one of the ${more} others, add the number in the address of their page: /arxiv follow ${name} id 1234567`,
              ],
            },
          ]
        : []),
      ...buttonsBlock([...buttons, ...button('By name alone', toFollow(name, nameAlone))]),
    ],
  };
};

const isSameAuthor = (one: FollowedAuthor, other: FollowedAuthor): boolean =>
  one.semanticScholarId !== undefined && other.semanticScholarId !== undefined
    ? one.semanticScholarId === other.semanticScholarId
    : nameKey(one.name) === nameKey(other.name);

const added = async (
  context: CommandContext,
  channel: Channel,
  author: FollowedAuthor,
  note = '',
): Promise<Message> => {
  const known = channel.authors.find((one) => isSameAuthor(one, author));
  if (known && (known.semanticScholarId !== undefined || author.semanticScholarId === undefined))
    throw new UserError(`${known.name} is followed already; type /arxiv following for all.`);
  // An id says more than the name that was followed before.
  const authors = [...channel.authors.filter((one) => one !== known), author];
  await context.channels.change(channel.name, { kind: 'authors', authors }, context.person);
  const how = author.semanticScholarId === undefined ? `${note} Papers are found by the exact name.` : '';
  return {
    summary: `${channel.name} follows ${author.name}`,
    blocks: [
      paragraph(`${channel.name} follows `, ...authorLine(author), ` now: every paper by this author is posted.${how}`),
      ...buttonsBlock([
        ...button('Unfollow', [
          'unfollow',
          author.name,
          ...(author.semanticScholarId ? ['id', author.semanticScholarId] : []),
        ]),
        ...listButton,
      ]),
    ],
  };
};

export const follow = defineCommand({
  name: 'follow',
  summary: 'always post the papers of an author',
  examples: ['follow Yoshua Bengio', 'follow Yoshua Bengio id 1751762'],
  rights: 'managers',
  options: {
    author: { type: 'text', description: 'the name as it stands on papers', required: true, offers: 'authors' },
    id: idOption,
  },

  async run(context, { author: typed, id }) {
    const channel = await context.channel();
    const name = typed.trim();
    if (name.length > 100) throw new UserError('That is too long for a name; write it as it stands on papers.');
    if (id?.toLowerCase() === nameAlone) return added(context, channel, { name });
    if (id !== undefined) {
      if (!/^\d{1,20}$/.test(id))
        throw new UserError(
          `"${shorten(id, 60)}" is no author’s id; write the number, such as /arxiv follow ${name} id 1751762.`,
        );
      return added(context, channel, { name, semanticScholarId: id });
    }
    await context.progress(textMessage(`Looking for ${name} …`));
    const candidates = await context.services.authors.candidates(name, context.signal);
    if (candidates === undefined)
      return added(context, channel, { name }, ' Semantic Scholar could not be asked who that is.');
    if (candidates.length === 0)
      return added(context, channel, { name }, ' Semantic Scholar knows nobody of that name.');
    return choice(name, candidates);
  },
});

export const following = defineCommand({
  name: 'following',
  summary: 'the authors whose papers are always posted',
  examples: ['following'],
  options: {},

  async run(context) {
    const { name, authors } = await context.channel();
    if (authors.length === 0)
      return textMessage(`${name} follows nobody yet; type /arxiv follow Yoshua Bengio, for example.`);
    const items = authors.toSorted((a, b) => a.name.localeCompare(b.name, 'en')).map(authorLine);
    return {
      summary: `${name} follows ${countOf(authors.length, 'author')}`,
      blocks: [
        { type: 'heading', text: `${name} follows ${countOf(authors.length, 'author')}` },
        { type: 'list', ordered: false, items },
        { type: 'note', content: ['/arxiv follow adds one, /arxiv unfollow takes one out (managers).'] },
      ],
    };
  },
});
