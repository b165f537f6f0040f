/** The first part of an address: `slack`, `discord`, `web` or `console`. src/chat/platforms.ts lists the platforms. */
export type PlatformName = string;

/**
 * Where a message goes: `PLATFORM:TENANT:ID`, such as `slack:T01TEAM:C01GEN`, or just `console` or `web`. The config
 * may leave out the tenant (`slack:C01GEN`); it is filled in when the platform is connected.
 */
export type Destination = string;

export type Person = string;

export type MessageRef = { destination: Destination; messageId: string };

/** True if an address from the config, which may leave out the tenant, means a full address. */
export const isAddressOf = (written: string, full: string): boolean => {
  if (written.trim() === full) return true;
  const [platform, id, ...more] = written.trim().split(':');
  const parts = full.split(':');
  return more.length === 0 && id !== undefined && parts.length === 3 && parts[0] === platform && parts[2] === id;
};

/**
 * True if an address of a person from the config means a full address. An id alone means the person in the bot's own
 * workspace, because another workspace may give the same id to somebody else.
 * @param tenant The platform's own workspace; `any` on a platform whose ids are the same everywhere, and undefined if it
 * is not known yet.
 */
export const isPersonOf = (written: string, person: Person, tenant: string | 'any' | undefined): boolean =>
  isAddressOf(written, person) &&
  (written.trim() === person || tenant === 'any' || (tenant !== undefined && person.split(':')[1] === tenant));

export const platformOf = (address: string): PlatformName => address.split(':', 1)[0] ?? '';

/** The platform with the tenant of a full address: `slack:T01TEAM`. The platform alone if the address has no tenant. */
export const tenantOf = (address: string): string => {
  const [platform = '', tenant, id] = address.split(':');
  return id === undefined ? platform : `${platform}:${tenant}`;
};
