import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DigitalDiscord } from 'discord-digital-twin';
import type { TypedOption } from './discord-server.ts';
import type { FakeEmbed } from './discord-state.ts';

const ids = { guild: '100000000000000001', general: '200000000000000001', papers: '200000000000000002' };
/** Flag of an answer that only the person who asked sees. */
const ephemeral = 1 << 6;
const people = { alice: '900000000000000001', bob: '900000000000000002' };

/**
 * A Discord server that others wrote, on this machine. It gives threads ids of their own, lists no reactions, and takes
 * a message with a known nonce a second time.
 */
export const startDiscordTwin = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-discord-'));
  const twin = new DigitalDiscord({
    guild: { id: ids.guild, name: 'Reading Group' },
    channels: [
      { id: ids.general, name: 'general', type: 0 },
      { id: ids.papers, name: 'papers', type: 0 },
    ],
    users: [
      { id: people.alice, username: 'alice' },
      { id: people.bob, username: 'bob' },
    ],
    botUser: { username: 'paperboy' },
    botToken: 'twin-token',
    dbUrl: `file:${join(folder, 'twin.db')}`,
  });
  await twin.start();

  /** What the bot posted in a channel or thread, answers to commands aside. */
  const messagesIn = async (channel: string): Promise<{ id: string; embeds: FakeEmbed[] }[]> => {
    const messages = await twin.channel(channel).getMessages();
    const ofBot = messages.filter(({ author, webhook_id }) => author.id === twin.botUserId && !webhook_id);
    return ofBot.map(({ id, embeds }) => ({ id, embeds: embeds as FakeEmbed[] }));
  };
  const embedsIn = async (channel: string): Promise<FakeEmbed[][]> =>
    (await messagesIn(channel)).map(({ embeds }) => embeds);

  return {
    ...ids,
    people,
    bot: twin.botUserId,
    token: twin.botToken,
    apiUrl: twin.restUrl,
    messagesIn,
    embedsIn,
    async embedsOf(message: string): Promise<FakeEmbed[]> {
      const found = await twin.prisma.message.findUniqueOrThrow({ where: { id: message } });
      return JSON.parse(found.embeds);
    },
    /** The threads of a channel, with the embeds of the messages in them. */
    async threads(channel: string) {
      const threads = await twin.channel(channel).getThreads();
      return Promise.all(threads.map(async ({ id, name }) => ({ id, name, messages: await embedsIn(id) })));
    },
    /** A person types a command; resolves with the embeds of its answer. @throws where others would see it too */
    async command(options: TypedOption[], { user = people.alice, channel = ids.general } = {}): Promise<FakeEmbed[][]> {
      const scope = twin.channel(channel);
      const before = new Set((await scope.getMessages()).map(({ id }) => id));
      const interaction = await scope.user(user).runSlashCommand({ name: 'arxiv', options });
      const { interactionId } = await scope.waitForInteractionAck({ interactionId: interaction.id });
      const { data } = await twin.prisma.interactionResponse.findUniqueOrThrow({ where: { interactionId } });
      if ((JSON.parse(data ?? '{}').flags & ephemeral) === 0) throw new Error('the answer is for everybody to see');
      await scope.waitForMessage({ predicate: (one) => Boolean(one.webhook_id) && !before.has(one.id), timeout: 3000 });
      const answers = (await scope.getMessages()).filter(({ id, webhook_id }) => webhook_id && !before.has(id));
      return answers.map(({ embeds }) => embeds as FakeEmbed[]);
    },
    /** Tells of a reaction, which it keeps no record of. */
    react(message: { id: string; channel: string }, user: string, emoji: string, present: boolean): void {
      const server: { gateway: { broadcast(t: string, d: unknown): void } } = Reflect.get(twin, 'server');
      server.gateway.broadcast(present ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', {
        ...{ user_id: user, channel_id: message.channel, message_id: message.id, guild_id: ids.guild },
        ...{ emoji: { id: null, name: emoji }, burst: false, type: 0 },
      });
    },
    async close() {
      await twin.stop();
      await twin.prisma.$disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
