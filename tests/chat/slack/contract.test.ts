import { setTimeout as delay } from 'node:timers/promises';
import { createSlackPlatform } from '../../../src/chat/slack/index.ts';
import { createClock } from '../../../src/core/clock.ts';
import { Secret } from '../../../src/core/secret.ts';
import { platformContract } from '../../contracts/platform.ts';
import { localSlackAvailable, type ShownMessage, startLocalSlack } from '../../fakes/local-slack.ts';
import { quietLogger } from './quiet.ts';
import { shownText } from './shown.ts';

const id = (address: string) => address.split(':').at(-1) ?? '';

const setup = async () => {
  const slack = await startLocalSlack();
  const create = () =>
    createSlackPlatform({
      botToken: new Secret(slack.botToken),
      appToken: new Secret(slack.appToken),
      apiUrl: slack.apiUrl,
      clock: createClock(),
      logger: quietLogger,
    });
  const platform = create();
  const person = (user: string) => `slack:${slack.team}:${user}`;
  const answers = async () => (await slack.messages()).filter((message) => message.subtype === 'ephemeral');
  const texts = (messages: ShownMessage[]) => messages.map((message) => shownText(message.blocks));
  return {
    platform,
    destination: `slack:${slack.channels.general}`,
    elsewhere: { otherTenant: 'slack:T99OTHER:C01GEN', missing: 'slack:C0MISSING' },
    people: [person(slack.people.alice), person(slack.people.bob)] as const,
    async type(text: string) {
      const before = (await answers()).length;
      await slack.command(text);
      const deadline = Date.now() + 3000;
      while ((await answers()).length === before && Date.now() < deadline) await delay(20);
      return texts((await answers()).slice(before));
    },
    async shown(thread?: { messageId: string }) {
      if (thread) return texts(await slack.thread(thread.messageId));
      return texts((await slack.messages()).filter((message) => !message.thread_ts));
    },
    reactions: {
      up: '+1',
      down: '-1::skin-tone-4',
      bot: person(slack.bot),
      set: async (reaction: { message: { messageId: string }; person: string; emoji: string }, present: boolean) => {
        const set = present ? slack.react : slack.unreact;
        await set(reaction.message.messageId, reaction.emoji, { user: id(reaction.person) });
      },
    },
    async restart() {
      const restarted = create();
      await restarted.connect();
      return restarted;
    },
    async close() {
      await platform.close();
      await slack.close();
    },
  };
};

platformContract('Slack', setup, { skip: !localSlackAvailable() });
