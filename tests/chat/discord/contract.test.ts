import { setTimeout as delay } from 'node:timers/promises';
import type { MessageRef } from '../../../src/core/address.ts';
import { platformContract } from '../../contracts/platform.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { startDiscordTwin } from '../../fakes/discord-twin.ts';
import { platformOn } from './connect.ts';
import { shownText } from './shown.ts';
import { typed } from './typed.ts';

const id = (address: string) => address.split(':').at(-1) ?? '';

const onFake = async () => {
  const server = await startDiscordServer();
  const { state } = server;
  const platform = platformOn(server);
  const person = (user: string) => `discord:${state.guild.id}:${user}`;
  return {
    platform,
    destination: `discord:${state.general}`,
    elsewhere: { otherTenant: 'slack:T01:C01GEN', missing: `discord:${state.guild.id}:200000000000000404` },
    people: [person(state.people.alice), person(state.people.bob)] as const,
    async type(text: string) {
      const interaction = server.command(typed(text));
      const deadline = Date.now() + 3000;
      while (interaction.answers.length === 0 && Date.now() < deadline) await delay(10);
      return interaction.isEphemeral ? interaction.answers.map(shownText) : [];
    },
    async shown(thread?: MessageRef) {
      if (!thread) return server.shown(state.general).map(shownText);
      const header = state.messages.get(thread.messageId);
      return [header?.embeds ?? [], ...server.shown(thread.messageId)].map(shownText);
    },
    reactions: {
      up: '👍',
      down: '👎🏽',
      bot: person(state.bot.id),
      set: async (reaction: { message: MessageRef; person: string; emoji: string }, present: boolean) =>
        server.react(reaction.message.messageId, id(reaction.person), reaction.emoji, present),
    },
    async restart() {
      const restarted = platformOn(server);
      await restarted.connect();
      return restarted;
    },
    async close() {
      await platform.close();
      await server.close();
    },
  };
};

const onTwin = async () => {
  const twin = await startDiscordTwin();
  const platform = platformOn(twin);
  const person = (user: string) => `discord:${twin.guild}:${user}`;
  return {
    platform,
    destination: `discord:${twin.general}`,
    elsewhere: { otherTenant: 'slack:T01:C01GEN', missing: `discord:${twin.guild}:200000000000000404` },
    people: [person(twin.people.alice), person(twin.people.bob)] as const,
    type: async (text: string) => (await twin.command(typed(text))).map(shownText),
    async shown(thread?: MessageRef) {
      const top = (await twin.embedsIn(twin.general)).map(shownText);
      if (!thread) return top;
      const header = await twin.embedsOf(thread.messageId);
      const threads = await twin.threads(twin.general);
      const mine = threads.find(({ messages }) => shownText(messages[0] ?? []) === shownText(header));
      return (mine?.messages ?? [header]).map(shownText);
    },
    // It lists none; the other server does.
    reactions: undefined,
    async restart() {
      const restarted = platformOn(twin);
      await restarted.connect();
      return restarted;
    },
    async close() {
      await platform.close();
      await twin.close();
    },
  };
};

platformContract('Discord', onFake);
platformContract('Discord, on a server that others wrote,', onTwin);
