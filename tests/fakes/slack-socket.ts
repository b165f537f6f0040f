import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** How a connection begins: with Slack's greeting, with a reason to disconnect, or with nothing. */
export type SlackGreeting = 'hello' | { disconnect: string } | 'nothing';

/** The server of Socket Mode's connections. `greetings` are for the next connections; then each is greeted. */
export const startSlackSocket = async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const greetings: SlackGreeting[] = [];
  server.on('connection', (socket: WebSocket) => {
    const greeting = greetings.shift() ?? 'hello';
    if (greeting === 'nothing') return;
    const message =
      greeting === 'hello'
        ? { type: 'hello', num_connections: server.clients.size, connection_info: { app_id: 'A01' } }
        : { type: 'disconnect', reason: greeting.disconnect };
    socket.send(JSON.stringify(message));
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    greetings,
    connections: () => server.clients.size,
    drop(): void {
      for (const socket of server.clients) socket.terminate();
    },
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
};
