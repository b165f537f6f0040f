import type { FakeRow } from './discord-limits.ts';

const epoch = 1_420_070_400_000;

export type FakeChannel = {
  id: string;
  type: number;
  guild_id: string;
  name: string;
  parent_id?: string;
  owner_id?: string;
  thread_metadata?: { archived: boolean; locked: boolean; auto_archive_duration: number };
  permission_overwrites?: { id: string; type: number; allow: string; deny: string }[];
};
export type FakeEmbed = { title?: string; description?: string; footer?: { text: string }; url?: string };
type People = { normal: string[]; burst: string[] };
export type FakeMessage = {
  id: string;
  channel_id: string;
  author: string;
  embeds: FakeEmbed[];
  components: FakeRow[];
  /** Discord forgets it after some minutes and does not list it. */
  nonce: string | undefined;
  hasThread: boolean;
  reactions: Map<string, People>;
};

let counter = 0n;
export const nextId = (): string => {
  counter += 1n;
  return String((BigInt(Date.now() - epoch) << 22n) | (counter & 0x3fffffn));
};

export const createDiscordState = () => {
  const bot = { id: '700000000000000001', username: 'paperboy', discriminator: '0', avatar: null, bot: true };
  const application = '700000000000000002';
  const guild = {
    id: '100000000000000001',
    name: 'Reading Group',
    owner_id: '900000000000000009',
    roles: [
      // View Channel, Send Messages, Embed Links, Read Message History, public threads and messages in them.
      {
        id: '100000000000000001',
        permissions: String(0x400n | 0x800n | 0x4000n | 0x10000n | (1n << 35n) | (1n << 38n)),
      },
      { id: '100000000000000008', permissions: '0' },
    ],
  };
  const people = { alice: '900000000000000001', bob: '900000000000000002' };
  const channels = new Map<string, FakeChannel>();
  const messages = new Map<string, FakeMessage>();
  const addChannel = (channel: Omit<FakeChannel, 'guild_id'>): FakeChannel => {
    const added = { guild_id: guild.id, ...channel };
    channels.set(added.id, added);
    return added;
  };
  const general = addChannel({ id: '200000000000000001', type: 0, name: 'general' });
  const papers = addChannel({ id: '200000000000000002', type: 0, name: 'papers' });

  const ofChannel = (channel: string): FakeMessage[] =>
    [...messages.values()]
      .filter((one) => one.channel_id === channel)
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));

  const shownReactions = ({ reactions }: FakeMessage) =>
    [...reactions]
      .filter(([, { normal, burst }]) => normal.length + burst.length > 0)
      .map(([name, { normal, burst }]) => {
        const [custom, id] = name.split(':');
        return {
          emoji: id ? { id, name: custom } : { id: null, name },
          count: normal.length + burst.length,
          count_details: { normal: normal.length, burst: burst.length },
          me: normal.includes(bot.id),
          me_burst: burst.includes(bot.id),
          burst_colors: [],
        };
      });

  return {
    ...{ bot, application, guild, people, channels, messages, addChannel, ofChannel },
    general: general.id,
    papers: papers.id,
    /** A message as Discord returns it. Only the answer to the call that sent it includes the nonce. */
    shownMessage(message: FakeMessage) {
      const reactions = shownReactions(message);
      const author = message.author === bot.id ? bot : { ...bot, id: message.author, username: 'somebody', bot: false };
      const { id, channel_id, embeds, components, hasThread } = message;
      return {
        ...{ id, channel_id, author, embeds, components, content: '', type: 0, flags: hasThread ? 32 : 0 },
        ...{ timestamp: '2025-07-08T12:00:00Z', edited_timestamp: null, tts: false, pinned: false },
        ...{ mention_everyone: false, mentions: [], mention_roles: [], attachments: [] },
        ...(reactions.length > 0 && { reactions }),
      };
    },
    /** A message of the bot that no channel lists, such as an answer that only one person sees. */
    unsent: (channel_id: string): FakeMessage => ({
      ...{ id: nextId(), channel_id, author: bot.id, embeds: [], components: [], nonce: undefined },
      ...{ hasThread: false, reactions: new Map() },
    }),
    post(
      channel_id: string,
      author: string,
      embeds: FakeEmbed[],
      nonce?: string,
      components: FakeRow[] = [],
    ): FakeMessage {
      const content = { author, embeds, components, nonce };
      const message = { id: nextId(), channel_id, ...content, hasThread: false, reactions: new Map() };
      messages.set(message.id, message);
      return message;
    },
    /** Adds or removes a person's reaction; returns true if that changes anything. */
    react(
      message: FakeMessage,
      person: string,
      emoji: string,
      present: boolean,
      type: keyof People = 'normal',
    ): boolean {
      const current = message.reactions.get(emoji) ?? { normal: [], burst: [] };
      if (current[type].includes(person) === present) return false;
      current[type] = present ? [...current[type], person].sort() : current[type].filter((one) => one !== person);
      message.reactions.set(emoji, current);
      return true;
    },
  };
};

export type DiscordState = ReturnType<typeof createDiscordState>;
