import { renderAnswer, renderText } from '../../src/chat/kit/text.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import type { Platform, PlatformDescriptor, PlatformHandlers } from '../../src/core/platform.ts';
import type { Secret } from '../../src/core/secret.ts';

/**
 * A chat of lines in rooms, with a server called home: the simplest platform that Paperboy can post to.
 * docs/adding-a-platform.md builds an adapter for it, which this file holds below; a test holds the page to this code.
 */
export type BareServer = {
  /** The lines of each room, oldest first. */
  rooms: Map<string, string[]>;
  isReachable: boolean;
  /** Adds a line and shows it to everybody in the room. */
  say(room: string, person: string, line: string): void;
  onLine(listener: (room: string, person: string, line: string) => void): () => void;
};

export const createBareServer = (): BareServer => {
  const listeners = new Set<(room: string, person: string, line: string) => void>();
  const rooms = new Map<string, string[]>([['papers', []]]);
  return {
    rooms,
    isReachable: true,
    say(room, person, line) {
      rooms.get(room)?.push(line);
      for (const listener of listeners) listener(room, person, line);
    },
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

type BareSettings = { token: Secret };

// #region address
const parseAddress: PlatformDescriptor['parseAddress'] = (written) => {
  const [, tenant, id] = /^bare:(?:([a-z]+):)?([a-z]+)$/.exec(written) ?? [];
  return id ? { tenant, id } : { fault: 'names no room; use one such as bare:papers' };
};
// #endregion

// #region adapter
const createBarePlatform = (server: BareServer): Platform => {
  let stop = (): void => {};

  const roomOf = (destination: string): string => {
    const parsed = parseAddress(destination);
    if ('fault' in parsed) throw new UserError(`"${destination}" ${parsed.fault}.`);
    if (parsed.tenant && parsed.tenant !== 'home') throw new UserError(`"${destination}" is on another server.`);
    return parsed.id;
  };

  const post = (destination: string, text: string): void => {
    const room = roomOf(destination);
    if (!server.rooms.has(room))
      throw new ExternalError({ service: 'Bare', message: `there is no room ${room}`, retryable: false });
    server.say(room, 'paperboy', text.trimEnd());
  };

  return {
    name: 'bare',
    async connect() {
      if (!server.isReachable) throw new ExternalError({ service: 'Bare', message: 'the server is out of reach' });
    },
    resolve: async (destination) => `bare:home:${roomOf(destination)}`,
    async listen({ command }: PlatformHandlers) {
      stop = server.onLine(async (room, user, line) => {
        if (user === 'paperboy' || !line.startsWith('/arxiv')) return;
        const destination = `bare:home:${room}`;
        const text = line.slice('/arxiv'.length).trim();
        post(destination, renderAnswer(await command({ text, person: `bare:home:${user}`, destination })));
      });
    },
    async send({ destination, message, key, ready }) {
      await ready?.();
      post(destination, renderText(message));
      return { destination, messageId: key };
    },
    async edit({ destination }, { message }) {
      post(destination, renderText(message));
    },
    async remove() {},
    sent: async () => [],
    reactions: async () => [],
    async check(destinations) {
      return destinations.map((destination) => {
        const ok = server.rooms.has(roomOf(destination));
        return { name: `Bare ${destination}`, ok, detail: ok ? 'the room exists' : 'there is no such room' };
      });
    },
    async close() {
      stop();
    },
  };
};
// #endregion

// #region descriptor
export const bareDescriptor = (server: BareServer): PlatformDescriptor<BareSettings> => ({
  name: 'bare',
  label: 'Bare',
  example: 'bare:papers',
  parseAddress,
  cannot: ['threads', 'edits', 'reactions', 'buttons', 'forms', 'progress', 'find'],
  keepsReactions: true,
  variables: { BARE_TOKEN: 'Bare: the bot token' },
  requiredVariable: 'BARE_TOKEN',
  readEnvironment({ secret }) {
    const token = secret('BARE_TOKEN');
    return token && { token };
  },
  create: async () => createBarePlatform(server),
});
// #endregion
