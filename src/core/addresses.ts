import { UserError } from './errors.ts';

export const platformNames = ['slack', 'discord', 'web', 'console'] as const;
export type PlatformName = (typeof platformNames)[number];

/**
 * Where a message goes: `PLATFORM:TENANT:ID`, such as `slack:T01TEAM:C01GEN`; `console` and `web` stand alone. In the
 * config the tenant may be left out (`slack:C01GEN`); it is filled in when the platform is connected.
 */
export type Destination = string;

/** A person on a platform: `PLATFORM:TENANT:ID`. */
export type Person = string;

/** A message that was sent: its destination, and the platform's own id of the message. */
export type MessageRef = { destination: Destination; messageId: string };

/** Platform of an address. @throws UserError where the address names none. */
export const platformOf = (address: string): PlatformName => {
  const name = address.split(':', 1)[0] ?? '';
  const known = platformNames.find((platform) => platform === name);
  if (!known) throw new UserError(`"${address}" names no platform. Write one of ${platformNames.join(', ')} first.`);
  return known;
};
