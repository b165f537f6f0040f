import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The JSON of a body, without its files. */
const withoutFiles = async (bytes: Uint8Array<ArrayBuffer>, type: string): Promise<string> => {
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  return String(form.get('payload_json'));
};

/** A proxy for a server that reads only JSON: it drops the files of a request. */
export const startJsonGate = async (apiUrl: string) => {
  const { origin } = new URL(apiUrl);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = 'GET', url = '', headers } = request;
    const type = headers['content-type'] ?? '';
    const bytes = new Uint8Array(Buffer.concat(chunks));
    const hasFiles = type.startsWith('multipart/form-data');
    try {
      const answer = await fetch(`${origin}${url}`, {
        method,
        headers: {
          authorization: headers.authorization ?? '',
          'content-type': hasFiles || !type ? 'application/json' : type,
        },
        ...(bytes.length > 0 && { body: hasFiles ? await withoutFiles(bytes, type) : bytes }),
      });
      const text = await answer.text();
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(text);
    } catch {
      request.socket.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    apiUrl: apiUrl.replace(origin, `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
