import { z } from 'zod';

/** Bits of the permissions that the bot needs: https://docs.discord.com/developers/topics/permissions */
const needed = {
  'View Channel': 1n << 10n,
  'Send Messages': 1n << 11n,
  'Embed Links': 1n << 14n,
  'Read Message History': 1n << 16n,
  'Create Public Threads': 1n << 35n,
  'Send Messages in Threads': 1n << 38n,
} as const;

const administrator = 1n << 3n;
const everything = (1n << 64n) - 1n;
const viewChannel = needed['View Channel'];

const names = Object.keys(needed);

export const missingPermissionAdvice = `The bot lacks a permission in the Discord channel. It needs ${names
  .slice(0, -1)
  .join(', ')} and ${names.at(-1)}; npm run -s paperboy -- doctor names the one.`;

/** The link by which somebody who may manage a server adds the bot, with all that it needs. */
export const inviteLink = (application: string): string => {
  const permissions = Object.values(needed).reduce((all, bit) => all | bit, 0n);
  const query = `client_id=${application}&scope=bot+applications.commands&permissions=${permissions}`;
  return `https://discord.com/oauth2/authorize?${query}`;
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

type Standing = {
  user: string;
  guild: z.infer<typeof guildSchema>;
  member: z.infer<typeof memberSchema>;
  overwrites: z.infer<typeof overwritesSchema>;
};

/** A member's permissions in a channel, by the rules of https://docs.discord.com/developers/topics/permissions */
const permissionsOf = ({ user, guild, member, overwrites }: Standing): bigint => {
  const isMine = ({ id }: { id: string }): boolean => id === guild.id || member.roles.includes(id);
  const base = guild.roles.filter(isMine).reduce((all, role) => all | role.permissions, 0n);
  if (guild.owner_id === user || base & administrator) return everything;
  const apply = (before: bigint, some: Standing['overwrites']): bigint => {
    const [allow, deny] = [
      some.reduce((all, one) => all | one.allow, 0n),
      some.reduce((all, one) => all | one.deny, 0n),
    ];
    return (before & ~deny) | allow;
  };
  const steps = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id }) => member.roles.includes(id)),
    overwrites.filter(({ id }) => id === user),
  ];
  const granted = steps.reduce(apply, base);
  // Who may not see a channel may do nothing in it.
  return granted & viewChannel ? granted : 0n;
};

/** Names of the needed permissions that the bot lacks in a channel. */
export const missingPermissions = (standing: Standing): string[] => {
  const granted = permissionsOf(standing);
  return Object.entries(needed).flatMap(([name, bit]) => (granted & bit ? [] : [name]));
};
