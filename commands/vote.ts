import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { message, paragraph } from '../src/core/message.ts';
import { linkedTitle } from '../src/core/paper.ts';
import type { Vote } from '../src/core/votes.ts';

const thumbs = { up: '👍', down: '👎' } satisfies Record<Vote, string>;

export const vote = defineCommand({
  name: 'vote',
  summary: 'Vote on a posted paper, or take your vote back',
  examples: ['vote up 2503.07639'],
  isHidden: true,
  isPersonal: true,
  options: {
    thumb: { type: 'word', values: ['up', 'down'], description: 'up or down' },
    paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' },
  },

  async run(context, { thumb = 'up', paper: paperId }) {
    const { stores, services, person, destination, clock, signal } = context;
    const channel = await context.channel();
    const before = (await stores.reactions.ballots(channel.name, [paperId], person)).own.get(paperId);
    const now = before === thumb ? undefined : thumb;
    const on = { channel: channel.name, paperId, destination };
    if (!(await stores.reactions.press(on, person, now, clock.now().toISOString())))
      throw new UserError(`${channel.name} has not posted ${paperId}, so there is nothing to vote on.`);
    services.showCounts(channel.name, paperId);
    const paper = await services.papers.find(paperId, signal, person);
    const done = now ? `${thumbs[now]} counted:` : 'Vote removed:';
    return message(`${done} ${paper.title}`, [
      paragraph(`${done} `, linkedTitle(paper), now && `. Press ${thumbs[now]} again to take it back.`),
    ]);
  },
});
