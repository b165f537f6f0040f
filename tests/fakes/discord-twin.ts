import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DigitalDiscord } from 'discord-digital-twin';
import { type FakeModal, type FakeRow, findAction } from './discord-limits.ts';
import type { TypedOption } from './discord-server.ts';
import type { FakeEmbed } from './discord-state.ts';
import { startJsonGate } from './discord-twin-gate.ts';
import { eventually } from './patience.ts';

type Shown = { embeds: FakeEmbed[]; components: FakeRow[] };

/** A person, and the channel or thread in which they act. */
type At = { user?: string | undefined; channel?: string | undefined };

const ids = { guild: '100000000000000001', general: '200000000000000001', papers: '200000000000000002' };
const ephemeral = 1 << 6;
const people = { alice: '900000000000000001', bob: '900000000000000002' };

/**
 * A third-party Discord server on this machine. It gives threads ids of their own, lists no reactions, takes a
 * message with a known nonce a second time, and replaces the button's message with an answer that was deferred.
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
  const gate = await startJsonGate(twin.restUrl);

  /** The bot's messages in a channel or thread, without answers to commands. */
  const messagesIn = async (channel: string): Promise<({ id: string } & Shown)[]> => {
    const messages = await twin.channel(channel).getMessages();
    const ofBot = messages.filter(({ author, webhook_id }) => author.id === twin.botUserId && !webhook_id);
    return ofBot.map(({ id, embeds, components = [] }) => ({ id, ...({ embeds, components } as Shown) }));
  };
  const embedsIn = async (channel: string): Promise<FakeEmbed[][]> =>
    (await messagesIn(channel)).map(({ embeds }) => embeds);

  /** The answer to a person's action, in a channel where nothing else is posted meanwhile. */
  const answersAfter = async (channel: string, act: () => Promise<{ id: string }>) => {
    const scope = twin.channel(channel);
    const before = new Map((await scope.getMessages()).map(({ id, edited_timestamp: edited }) => [id, edited]));
    const { interactionId } = await scope.waitForInteractionAck({ interactionId: (await act()).id });
    const { data } = await twin.prisma.interactionResponse.findUniqueOrThrow({ where: { interactionId } });
    const response = JSON.parse(data ?? '{}');
    const messages = async (): Promise<({ id: string } & Shown)[]> =>
      (await scope.getMessages())
        .filter(({ id, webhook_id, edited_timestamp: edited }) => webhook_id && before.get(id) !== edited)
        .map(({ id, embeds, components = [] }) => ({ id, ...({ embeds, components } as Shown) }));
    if ('title' in response) return { modal: response as FakeModal, messages };
    if ((response.flags & ephemeral) === 0) throw new Error('the answer is for everybody to see');
    return { modal: undefined, messages };
  };

  return {
    ...ids,
    people,
    bot: twin.botUserId,
    token: twin.botToken,
    apiUrl: gate.apiUrl,
    messagesIn,
    embedsIn,
    async messageOf(message: string): Promise<Shown> {
      const { embeds, components } = await twin.prisma.message.findUniqueOrThrow({ where: { id: message } });
      return { embeds: JSON.parse(embeds), components: JSON.parse(components) };
    },
    async threads(channel: string) {
      const threads = await twin.channel(channel).getThreads();
      return Promise.all(threads.map(async ({ id, name }) => ({ id, name, messages: await embedsIn(id) })));
    },
    /** A person sends a command; resolves with the embeds of the answer. @throws if the answer is public */
    async command(options: TypedOption[], { user = people.alice, channel = ids.general } = {}): Promise<FakeEmbed[][]> {
      const scope = twin.channel(channel);
      const { messages } = await answersAfter(channel, () =>
        scope.user(user).runSlashCommand({ name: 'arxiv', options }),
      );
      await eventually(async () => (await messages())[0]);
      return (await messages()).map(({ embeds }) => embeds);
    },
    /** A person sends a command; resolves with the first response. */
    type: (options: TypedOption[], { user = people.alice, channel = ids.general }: At = {}) =>
      answersAfter(channel, () => twin.channel(channel).user(user).runSlashCommand({ name: 'arxiv', options })),
    /** A person presses the button with this label, under this message or the newest that has it. */
    async press(
      label: string,
      { user = people.alice, channel = ids.general, message }: At & { message?: string } = {},
    ) {
      const messages = (await twin.channel(channel).getMessages()).reverse();
      for (const { id, components } of messages) {
        if (message !== undefined && id !== message) continue;
        const action = findAction((components ?? []) as FakeRow[], label);
        if (!action) continue;
        const { customId, value } = action;
        const person = twin.channel(channel).user(user);
        return answersAfter(channel, () =>
          value === undefined
            ? person.clickButton({ messageId: id, customId })
            : person.selectMenu({ messageId: id, customId, values: [value] }),
        );
      }
      throw new Error(`no button "${label}"`);
    },
    fill(form: FakeModal, values: Record<string, string>, { user = people.alice, channel = ids.general }: At = {}) {
      const fields = Object.entries(values).map(([customId, value]) => ({ customId, value }));
      const person = twin.channel(channel).user(user);
      return answersAfter(channel, () => person.submitModal({ customId: form.custom_id, fields }));
    },
    /** A person chooses an entry in the menu of a message. @throws if the bot has not registered it */
    async choose(name: string, message: string, { user = people.alice, channel = ids.general }: At = {}) {
      const { id } = await twin.prisma.applicationCommand.findFirstOrThrow({ where: { name } });
      const data = { id, name, type: 3, target_id: message, resolved: { messages: {} } };
      return answersAfter(channel, () => twin.simulateInteraction({ type: 2, channelId: channel, userId: user, data }));
    },
    /** Sends the event of a reaction; the twin stores none. */
    react(message: { id: string; channel: string }, user: string, emoji: string, present: boolean): void {
      const server: { gateway: { broadcast(t: string, d: unknown): void } } = Reflect.get(twin, 'server');
      server.gateway.broadcast(present ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', {
        ...{ user_id: user, channel_id: message.channel, message_id: message.id, guild_id: ids.guild },
        ...{ emoji: { id: null, name: emoji }, burst: false, type: 0 },
      });
    },
    async close() {
      await gate.close();
      await twin.stop();
      await twin.prisma.$disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
