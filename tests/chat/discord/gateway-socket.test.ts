import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { gatewaySocket } from '../../../src/chat/discord/gateway-socket.ts';

/** As discord.js does with a connection that it gives up while it is being opened. */
const abandoned = (url: string) => {
  const socket = new (gatewaySocket(WebSocket as never))(url, [], {}) as unknown as WebSocket;
  socket.onmessage = () => {};
  socket.onerror = () => {};
  socket.onmessage = null;
  socket.onerror = null;
  return socket;
};

it('survives an abandoned connection that the gateway answers as a page', async () => {
  const server = createServer((_, response) => response.end('a page'));
  // As a request for an upgrade that nobody expects.
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = abandoned(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise((resolve) => socket.on('close', resolve));
  await turn();
  expect(socket.readyState).toBe(WebSocket.CLOSED);
  server.close();
});

it('closes an abandoned connection that opens later', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const left = once(server, 'connection').then(([socket]) => once(socket, 'close'));
  const socket = abandoned(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await left;
  expect(socket.readyState).toBeGreaterThan(WebSocket.OPEN);
  server.close();
});
