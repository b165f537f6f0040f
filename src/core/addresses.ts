/** The first part of an address: `slack`, `discord`, `web` or `console`. src/chat/platforms.ts lists the platforms. */
export type PlatformName = string;

/**
 * Where a message goes: `PLATFORM:TENANT:ID`, such as `slack:T01TEAM:C01GEN`, or just `console` or `web`. The config
 * may leave out the tenant (`slack:C01GEN`); it is filled in when the platform is connected.
 */
export type Destination = string;

export type Person = string;

export type MessageRef = { destination: Destination; messageId: string };

export const platformOf = (address: string): PlatformName => address.split(':', 1)[0] ?? '';
