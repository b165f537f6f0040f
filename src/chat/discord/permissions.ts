import { OAuth2Scopes, PermissionFlagsBits } from 'discord.js';
import { z } from 'zod';
import { wordList } from '../../core/paper.ts';

/** Needed permissions, by their names in Discord's settings: https://docs.discord.com/developers/topics/permissions */
const needed = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
} as const;

const everything = (1n << 64n) - 1n;

export const missingPermissionAdvice = `The bot lacks a permission in the Discord channel. It needs ${wordList(Object.keys(needed))}; npm run -s paperboy -- doctor says which one is missing.`;

export const inviteLink = (application: string): string => {
  const permissions = Object.values(needed).reduce((all, bit) => all | bit, 0n);
  const scopes = [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join('+');
  return `https://discord.com/oauth2/authorize?client_id=${application}&scope=${scopes}&permissions=${permissions}`;
};

const bits = z.string().regex(/^\d+$/).transform(BigInt);

export const guildSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  owner_id: z.string().optional(),
  roles: z.array(z.looseObject({ id: z.string(), permissions: bits })),
});
export const memberSchema = z.looseObject({ roles: z.array(z.string()) });
export const overwritesSchema = z.array(z.looseObject({ id: z.string(), allow: bits, deny: bits }));

type Membership = {
  user: string;
  guild: z.infer<typeof guildSchema>;
  member: z.infer<typeof memberSchema>;
  overwrites: z.infer<typeof overwritesSchema>;
};

/** A member's permissions in a channel, by the rules of https://docs.discord.com/developers/topics/permissions */
const permissionsOf = ({ user, guild, member, overwrites }: Membership): bigint => {
  const isMine = ({ id }: { id: string }): boolean => id === guild.id || member.roles.includes(id);
  const base = guild.roles.filter(isMine).reduce((all, role) => all | role.permissions, 0n);
  if (guild.owner_id === user || base & PermissionFlagsBits.Administrator) return everything;
  const apply = (before: bigint, some: Membership['overwrites']): bigint => {
    const allow = some.reduce((all, one) => all | one.allow, 0n);
    const deny = some.reduce((all, one) => all | one.deny, 0n);
    return (before & ~deny) | allow;
  };
  const steps = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id }) => member.roles.includes(id)),
    overwrites.filter(({ id }) => id === user),
  ];
  const granted = steps.reduce(apply, base);
  // Without View Channel, no other permission has an effect.
  return granted & PermissionFlagsBits.ViewChannel ? granted : 0n;
};

export const missingPermissions = (membership: Membership): string[] => {
  const granted = permissionsOf(membership);
  return Object.entries(needed).flatMap(([name, bit]) => (granted & bit ? [] : [name]));
};
