import { RESTJSONErrorCodes as codes } from 'discord.js';
import { z } from 'zod';
import { ExternalError, errorText, UserError } from '../../core/errors.ts';
import { failureParts } from '../../core/network.ts';
import type { Check } from '../../core/platform.ts';
import { howToCopy, readDestination } from './address.ts';
import type { DiscordCall } from './api.ts';
import { channelSchema, checkPostable } from './channels.ts';
import { isRefusal } from './errors.ts';
import { guildSchema, inviteLink, memberSchema, missingPermissions, overwritesSchema } from './permissions.ts';

export const userSchema = z.looseObject({ id: z.string(), username: z.string() });
export const applicationSchema = z.looseObject({ id: z.string() });
const guildsSchema = z.array(z.looseObject({ name: z.string() }));
const checkedSchema = channelSchema.extend({ permission_overwrites: overwritesSchema.default([]) });

const guildPage = 200;

const maxNames = 5;

const fixOf = (error: unknown): string => {
  if (!(error instanceof ExternalError && error.retryable)) return 'Fix that and run doctor again.';
  if (error.retryAfterMs !== undefined) return 'Run doctor again after that';
  return 'Check the network, and run doctor again in a few minutes; https://discordstatus.com shows outages of Discord';
};

const serversCheck = async (call: DiscordCall, link: string): Promise<Check> => {
  const name = 'Discord servers';
  try {
    const guilds = await call('get', '/users/@me/guilds', guildsSchema, { query: { limit: guildPage } });
    const names = guilds.map((guild) => guild.name);
    if (names.length === 0)
      return { name, ok: false, detail: 'the bot is in no server', fix: `Open this link and add it to yours: ${link}` };
    const more = names.length - maxNames;
    const others = more > 0 ? ` and ${more}${names.length === guildPage ? ' or more' : ''} others` : '';
    return { name, ok: true, detail: `${names.slice(0, maxNames).join(', ')}${others}` };
  } catch (error) {
    // APIs other than Discord's may not list the bot's servers. The destinations are checked anyway.
    if (error instanceof ExternalError && error.status === 404)
      return { name, ok: true, detail: 'not listed by the API' };
    return { name, ok: false, ...failureParts(error, fixOf(error)) };
  }
};

/** Starts a session as the bot does, because Discord may accept the token and still refuse to deliver events. */
const listeningCheck = async (gateway: { start(): Promise<void> }): Promise<Check> => {
  const name = 'Discord listening';
  try {
    await gateway.start();
    return { name, ok: true, detail: 'Discord delivers commands and votes' };
  } catch (error) {
    return { name, ok: false, ...failureParts(error, fixOf(error)) };
  }
};

type Bot = { id: string; username: string; link: string };

const destinationCheck = async (call: DiscordCall, destination: string, bot: Bot): Promise<Check> => {
  const name = `Discord ${destination}`;
  try {
    const { guild: written, channel: id } = readDestination(destination);
    const channel = await call('get', `/channels/${id}`, checkedSchema);
    checkPostable(channel, destination);
    if (written && written !== channel.guild_id) {
      const detail = `the channel is in the server ${channel.guild_id}, not in ${written}`;
      return { name, ok: false, detail, fix: `In the config, write discord:${id}` };
    }
    const guild = await call('get', `/guilds/${channel.guild_id}`, guildSchema);
    const member = await call('get', `/guilds/${channel.guild_id}/members/${bot.id}`, memberSchema);
    const shown = `#${channel.name ?? id} of ${guild.name}`;
    const about = { destination, label: shown };
    const missing = missingPermissions({ user: bot.id, guild, member, overwrites: channel.permission_overwrites });
    if (missing.length === 0) return { name, about, ok: true, detail: `${bot.username} may post in ${shown}` };
    const detail = `in ${shown}, ${bot.username} lacks ${missing.join(', ')}`;
    const fix = `Allow ${missing.length > 1 ? 'them' : 'it'} in the channel's settings, under Permissions; for the whole server, add the bot again: ${bot.link}`;
    return { name, about, ok: false, detail, fix };
  } catch (error) {
    const detail = errorText(error);
    if (error instanceof UserError) return { name, ok: false, detail, fix: 'Correct the id in the config' };
    if (isRefusal(error, codes.UnknownChannel)) {
      const fix = `Correct the id in the config. ${howToCopy}`;
      return { name, ok: false, detail: 'Discord has no such channel', fix };
    }
    if (isRefusal(error, codes.MissingAccess, codes.UnknownGuild, codes.UnknownMember)) {
      const fix = `If it is in the server, give it View Channel in the channel's settings, under Permissions; if not, add it: ${bot.link}`;
      return { name, ok: false, detail: `${bot.username} cannot see the channel`, fix };
    }
    return { name, ok: false, ...failureParts(error, fixOf(error)) };
  }
};

/**
 * For `doctor`: checks the bot, its servers, its connection for events, and its permissions in each destination, with an invitation link if that
 * helps. Never rejects.
 */
export const checkDiscord = async (
  call: DiscordCall,
  gateway: { start(): Promise<void> },
  destinations: readonly string[],
): Promise<Check[]> => {
  try {
    const { id, username } = await call('get', '/users/@me', userSchema);
    const link = inviteLink((await call('get', '/applications/@me', applicationSchema)).id);
    return [
      { name: 'Discord', ok: true, detail: `${username}; invite it with ${link}` },
      await serversCheck(call, link),
      await listeningCheck(gateway),
      ...(await Promise.all(destinations.map((one) => destinationCheck(call, one, { id, username, link })))),
    ];
  } catch (error) {
    return [{ name: 'Discord', ok: false, ...failureParts(error, fixOf(error)) }];
  }
};
