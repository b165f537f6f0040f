import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * An HTTP proxy on loopback. It leads every tunnel to one server, whatever the host, so that invented hosts work.
 * @param target `refuses` gives the status for a host that the proxy does not lead to.
 * @returns its URL and the hosts that were asked for.
 */
export const startProxy = async (target: { port: number; refuses?(host: string): number | undefined }) => {
  const asked: string[] = [];
  const tunnels = new Set<Duplex>();
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('answered by the proxy');
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    tunnels.add(socket);
    const status = target.refuses?.(request.url ?? '');
    if (status) return socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
    const tunnel = connect(target.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel.pipe(socket);
      socket.pipe(tunnel);
    });
    tunnel.on('error', () => socket.destroy());
    socket.on('error', () => tunnel.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        // The server no longer counts a connection that became a tunnel.
        for (const tunnel of tunnels) tunnel.destroy();
        server.close(() => resolve());
      }),
  };
};
