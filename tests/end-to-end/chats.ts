import { startDiscordServer } from '../fakes/discord-server.ts';
import { startLocalSlack } from '../fakes/local-slack.ts';
import { digestsOn, startDiscordGate, toDiscord } from './discord.ts';
import { toSlack } from './harness.ts';
import { digestsIn } from './shown.ts';
import { type Gate, startSlackGate } from './slack-gate.ts';

export type Open = <T extends { close(): Promise<void> }>(one: T) => T;

/** A chat server on this machine behind a gate; `threads` are the ids of the papers in each digest. */
export type Chat = { destination: string; env: Record<string, string>; threads(): Promise<string[][]> };

export const chats = {
  async slack(opened: Open, gate: Gate): Promise<Chat> {
    const slack = opened(await startLocalSlack());
    const { apiUrl } = opened(await startSlackGate(slack, gate));
    return {
      destination: `slack:${slack.channels.general}`,
      env: toSlack(slack, apiUrl),
      threads: async () => (await digestsIn(slack)).map(({ ids }) => ids),
    };
  },
  async discord(opened: Open, gate: Gate): Promise<Chat> {
    const discord = opened(await startDiscordServer());
    const proxy = opened(await startDiscordGate(discord, gate));
    return {
      destination: `discord:${discord.state.general}`,
      env: toDiscord(proxy),
      threads: async () => digestsOn(discord).map(({ ids }) => ids),
    };
  },
};

export type ChatName = keyof typeof chats;
export const chatNames = Object.keys(chats) as ChatName[];
