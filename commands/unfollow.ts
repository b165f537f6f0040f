import { nameKey } from '../src/core/author.ts';
import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper-text.ts';
import { authorLine, idOption, listButton, nameAlone, toFollow } from './follow.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { nearestOf } from './shared/paper-lines.ts';

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

export const unfollow = defineCommand({
  name: 'unfollow',
  summary: 'no longer follow an author',
  examples: ['unfollow Yoshua Bengio'],
  rights: 'managers',
  options: {
    author: { type: 'text', description: 'the name', required: true, offers: 'following' },
    id: idOption,
  },

  async run(context, { author: typed, id }) {
    const channel = await context.channel();
    const { authors } = channel;
    const named = authors.filter(({ name }) => nameKey(name) === nameKey(typed));
    const found = id === undefined ? named : authors.filter(({ semanticScholarId }) => semanticScholarId === id);
    const [author, ...others] = found;
    if (!author) {
      const near = nearestOf(
        shorten(typed, 100),
        authors.map(({ name }) => name),
      );
      throw new UserError(
        near
          ? `${channel.name} does not follow "${shorten(typed, 60)}"; did you mean /arxiv unfollow ${near}?`
          : `${channel.name} does not follow "${shorten(typed, 60)}"; type /arxiv following for all.`,
      );
    }
    if (others.length > 0)
      return {
        summary: `Which ${author.name}?`,
        blocks: [
          paragraph(`${channel.name} follows ${found.length} authors of this name. Which one do you mean?`),
          { type: 'list', ordered: false, items: found.map(authorLine) },
          ...buttonsBlock(
            found.flatMap(({ name, semanticScholarId: own }) =>
              own === undefined ? [] : button(`Unfollow ${own}`, ['unfollow', name, 'id', own]),
            ),
          ),
        ],
      };
    const left = authors.filter((one) => one !== author);
    await context.channels.change(channel.name, { kind: 'authors', authors: left }, context.person);
    return {
      summary: `${channel.name} no longer follows ${author.name}`,
      blocks: [
        paragraph(`${channel.name} no longer follows ${author.name}; ${countOf(left.length, 'author')} left.`),
        ...buttonsBlock([
          ...button('Follow again', toFollow(author.name, author.semanticScholarId ?? nameAlone)),
          ...listButton,
        ]),
      ],
    };
  },
});
