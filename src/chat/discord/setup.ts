import { z } from 'zod';
import type { ChatAccess, ChatSetup, ChatSetupParts, SetupChannel } from '../../core/chat-setup.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import { wordList } from '../../core/paper.ts';
import { Secret } from '../../core/secret.ts';
import { createCaller, type DiscordCall } from './api.ts';
import { channelSchema, isPostable } from './channels.ts';
import { applicationSchema, userSchema } from './check.ts';
import { guildSchema, inviteLink, memberSchema, missingPermissions, overwritesSchema } from './permissions.ts';

const tokens = [
  {
    variable: 'DISCORD_TOKEN',
    label: 'Bot token',
    where: 'On the application’s page: Bot, Reset Token. Discord shows the token only once.',
  },
] as const;

const rejected = 'Discord rejects the token. Under Bot, press Reset Token, and paste the new one.';

const ownedSchema = applicationSchema.extend({
  owner: userSchema.optional(),
  /** Applications of a team have a made-up owner. */
  team: z.looseObject({ owner_user_id: z.string(), members: z.array(z.looseObject({ user: userSchema })) }).nullish(),
});
const guildsSchema = z.array(z.looseObject({ id: z.string() }));
const listedSchema = z.array(
  channelSchema.extend({ permission_overwrites: overwritesSchema.default([]), position: z.number().default(0) }),
);

const placedSchema = channelSchema.extend({ guild_id: z.string() });

const maxGuilds = 20;

const labelIn = (guild: { name: string }, { id, name }: { id: string; name?: string | null | undefined }): string =>
  `#${name ?? id} in ${guild.name}`;

const channelsOf = async (call: DiscordCall, guildId: string, user: string): Promise<SetupChannel[]> => {
  const guild = await call('get', `/guilds/${guildId}`, guildSchema);
  const member = await call('get', `/guilds/${guildId}/members/${user}`, memberSchema);
  const listed = await call('get', `/guilds/${guildId}/channels`, listedSchema);
  return listed
    .filter(isPostable)
    .sort((a, b) => a.position - b.position)
    .map(({ permission_overwrites: overwrites, ...channel }) => {
      const missing = missingPermissions({ user, guild, member, overwrites });
      const label = labelIn(guild, channel);
      return {
        destination: `discord:${channel.id}`,
        label,
        obstacle:
          missing.length === 0
            ? undefined
            : `The bot lacks ${wordList(missing)} in ${label}. In Discord, allow it under Edit Channel, Permissions`,
      };
    });
};

const createAccess = async (call: DiscordCall, close: () => void): Promise<ChatAccess> => {
  const { id: user, username } = await call('get', '/users/@me', userSchema);
  const { id: application, owner, team } = await call('get', '/applications/@me', ownedSchema);
  return {
    identity: username,
    inviteUrl: inviteLink(application),

    async channels() {
      const guilds = await call('get', '/users/@me/guilds', guildsSchema, { query: { limit: maxGuilds } });
      const found = await Promise.all(guilds.map(({ id }) => channelsOf(call, id, user)));
      return found.flat().sort((a, b) => Number(a.obstacle !== undefined) - Number(b.obstacle !== undefined));
    },

    async labelOf(destination) {
      const channel = await call('get', `/channels/${destination.split(':').at(-1)}`, placedSchema);
      return labelIn(await call('get', `/guilds/${channel.guild_id}`, guildSchema), channel);
    },

    // A bot cannot give itself permissions.
    enter: async ({ obstacle }) => obstacle,

    async people() {
      const members = team?.members.map((one) => one.user) ?? (owner ? [owner] : []);
      return members
        .sort((a, b) => Number(b.id === team?.owner_user_id) - Number(a.id === team?.owner_user_id))
        .map(({ id, username: label }) => ({ person: `discord:${id}`, label }));
    },

    close,
  };
};

export const createDiscordSetup = ({ apiUrl, clock }: ChatSetupParts): ChatSetup => {
  const callerWith = (value: string) => createCaller({ token: new Secret(value), apiUrl, clock });
  return {
    createUrl: 'https://discord.com/developers/applications',
    createSteps: [
      'Press New Application, name it Paperboy and press Create.',
      'Under Bot, leave the three Privileged Gateway Intents and Requires OAuth2 Code Grant off.',
    ],
    tokens,
    personHint: 'In Discord, turn on Developer Mode, right-click your name and choose Copy User ID',
    personOf: (written) => {
      const [, id] = /^(?:discord:)?(\d{17,20})$/.exec(written.trim()) ?? [];
      return id && `discord:${id}`;
    },

    async tokenFault(_variable, value) {
      if (/^Bot\s/i.test(value)) return 'This is more than the token. Leave out "Bot" before it.';
      const { call, close } = callerWith(value);
      try {
        await call('get', '/users/@me', userSchema);
        return undefined;
      } catch (error) {
        if (error instanceof ExternalError && error.retryable) throw error;
        return error instanceof ExternalError && error.status === 401 ? rejected : errorText(error);
      } finally {
        close();
      }
    },

    async open({ DISCORD_TOKEN = '' }) {
      const { call, close } = callerWith(DISCORD_TOKEN);
      try {
        return await createAccess(call, close);
      } catch (error) {
        close();
        throw error;
      }
    },
  };
};
