import https from 'node:https';
import { createRequire } from 'node:module';
import { proxyOf } from '../../core/proxy.ts';

type Socket = new (address: string | URL, protocols: readonly string[], options: object) => object;

/** The package through which discord.js connects to the gateway, as discord.js loads it. */
const socketPackage = (): { WebSocket: Socket } => {
  const from = (path: string): NodeJS.Require => createRequire(path);
  const discord = from(from(import.meta.url).resolve('discord.js'));
  return from(discord.resolve('@discordjs/ws'))('ws');
};

/**
 * Makes discord.js connect to the gateway through the proxy, if there is one. Its WebSocket opens its own connections and
 * takes no option for that, so it gets Node's agent, which knows the proxy. Call it before discord.js is loaded.
 */
export const proxyGateway = (): void => {
  if (!proxyOf(new URL('https://gateway.discord.gg'))) return;
  const sockets = socketPackage();
  const { WebSocket } = sockets;
  sockets.WebSocket = class extends WebSocket {
    constructor(address: string | URL, protocols: readonly string[], options: object) {
      super(address, protocols, proxyOf(new URL(address)) ? { ...options, agent: https.globalAgent } : options);
    }
  };
};
