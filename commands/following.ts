import { defineCommand } from '../src/core/command.ts';
import { textMessage } from '../src/core/message.ts';
import { countOf } from '../src/core/paper-text.ts';
import { authorLine } from './parts/followed.ts';

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
