import { defineCommand } from '../src/core/command.ts';
import type { Inline } from '../src/core/message.ts';
import { button, buttonsBlock } from './parts/buttons.ts';
import { changeText } from './parts/change-text.ts';
import { momentText } from './parts/dates.ts';
import { personText } from './parts/people.ts';
import { fieldsOf, toldChanges } from './parts/records.ts';
import { topicsEdits } from './parts/topics-edits.ts';

const usual = 10;
const most = 50;

export const history = defineCommand({
  name: 'history',
  summary: 'who changed what in this channel, and when',
  examples: ['history', 'history 20'],
  rights: 'managers',
  options: {
    n: { type: 'integer', description: `how many changes, ${usual} if you do not say`, minimum: 1, maximum: most },
  },

  async run(context, { n = usual }) {
    const { stores, person } = context;
    const channel = await context.channel();
    const { name, timezone } = channel;
    const made = (await stores.changes.list(undefined, 'here')).filter(({ value }) => fieldsOf(value).name === name);
    const all = [...made, ...(await stores.changes.list(name))].toSorted((a, b) => b.changeId - a.changeId);
    const edits = await topicsEdits(channel, context);
    const told = toldChanges(all);
    const items = told.slice(0, n).map((change): Inline[] => {
      const back = change.undoneBy === undefined ? '' : ' (taken back later)';
      const when = momentText(new Date(change.at), timezone);
      return [`${when}, ${personText(change.person, person)}: ${changeText(change, all, edits)}${back}`];
    });
    if (items.length === 0)
      return {
        summary: `Nothing was changed in ${name}`,
        blocks: [
          {
            type: 'paragraph',
            content: [`Nobody has changed anything in ${name} from chat; it is as the config file says.`],
          },
          ...buttonsBlock(button('Topics', ['topics show'])),
        ],
      };
    const more = told.length - items.length;
    return {
      summary: `The newest changes of ${name}`,
      blocks: [
        { type: 'heading', text: `The newest changes of ${name}` },
        { type: 'list', ordered: false, items },
        ...buttonsBlock([
          ...(more > 0 && n < most ? button('More', ['history', String(Math.min(most, n * 2))]) : []),
          ...button('Edits of the topics', ['topics history']),
        ]),
      ],
    };
  },
});
