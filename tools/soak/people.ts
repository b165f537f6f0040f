import { commands } from '../../commands/index.ts';
import { platformOf } from '../../src/core/addresses.ts';
import { createCommandTexts } from '../../tests/fakes/command-texts.ts';
import type { Board } from './board.ts';
import type { Bot } from './bot.ts';

const personsPerChannel = 3;
const randomCommands = 3;
const likedShare = 0.3;

/** What people of one team do on a day: they vote, open the pages and send commands. */
export const createPeople = (board: Board, random: () => number) => {
  const texts = createCommandTexts(commands, random);

  const visit = async (bot: Bot, path: string): Promise<void> => {
    const response = await fetch(`${bot.url()}/${path}`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${bot.team.name}: HTTP ${response.status} for ${path}`);
  };

  return async (bot: Bot): Promise<void> => {
    const { channels, stores, handlers } = bot.app();
    for (const { name, post } of channels.list()) {
      const digest = await stores.digests.newest(name);
      const destination = post[0];
      if (!digest || destination === undefined) continue;
      const platform = platformOf(destination);
      const say = (text: string, person: number) =>
        handlers.command({ text, person: `${platform}:reader${person}`, destination });

      const deliveries = await stores.outbox.list(digest.digestId, destination);
      for (const { paperId, message } of deliveries)
        for (let person = 0; paperId !== undefined && message && person < personsPerChannel; person += 1) {
          if (random() >= likedShare) continue;
          const isLiked = random() < 0.7;
          if (platform === 'board') {
            const reaction = { message, person: `board:reader${person}`, emoji: isLiked ? '👍' : '👎' };
            board.react(reaction);
            await handlers.reactionAdded(reaction);
          } else await say(`vote ${isLiked ? 'up' : 'down'} ${paperId}`, person);
        }

      const paperId = digest.entries[0]?.paper.id;
      const usual = ['top 5', 'status', 'stats', 'search random', ...(paperId ? [`show ${paperId}`] : [])];
      await say(texts.pick(usual), 0);
      for (let count = 0; count < randomCommands; count += 1) await say(texts.next(), count);
      await visit(bot, '');
      if (platform === 'web') await visit(bot, `${name}/${digest.date}.html`);
    }
    await visit(bot, 'healthz');
    await visit(bot, 'metrics');
  };
};
