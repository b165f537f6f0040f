import type { EventEmitter } from 'node:events';
import https from 'node:https';
import { createRequire } from 'node:module';
import { proxyOf } from '../../core/proxy.ts';

type Socket = EventEmitter & { onmessage: unknown; terminate(): void };
type SocketClass = new (address: string | URL, protocols: readonly string[], options: object) => Socket;

/** The package through which discord.js connects to the gateway, as discord.js loads it. */
const socketPackage = (): { WebSocket: SocketClass } => {
  const from = (path: string): NodeJS.Require => createRequire(path);
  const discord = from(from(import.meta.url).resolve('discord.js'));
  return from(discord.resolve('@discordjs/ws'))('ws');
};

/**
 * The class of the gateway's connections. discord.js removes its listeners from a connection that it gives up while it
 * is being opened, and leaves it alone. If that fails later, its error would end the process; if it succeeds, it is
 * closed here. It opens its own connections and takes no option for a proxy, so it gets Node's agent, which knows it.
 */
export const gatewaySocket = (WebSocket: SocketClass): SocketClass =>
  class extends WebSocket {
    constructor(address: string | URL, protocols: readonly string[], options: object) {
      super(address, protocols, proxyOf(new URL(address)) ? { ...options, agent: https.globalAgent } : options);
      this.on('error', () => {});
      this.on('open', () => {
        if (this.onmessage === null) this.terminate();
      });
    }
  };

let isPrepared = false;

/** Call it before discord.js is loaded. */
export const prepareGatewaySockets = (): void => {
  if (isPrepared) return;
  isPrepared = true;
  const sockets = socketPackage();
  sockets.WebSocket = gatewaySocket(sockets.WebSocket);
};
