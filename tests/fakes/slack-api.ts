import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SlackApiCall = { method: string; args: Record<string, string>; token: string };

/** A JSON answer, another HTTP status, or a broken connection. */
export type SlackApiAnswer =
  | { status?: number; headers?: Record<string, string>; body?: object | string }
  | 'reset'
  | 'silence';

/** Arguments of a request as texts; Slack's methods take forms, response URLs take JSON. */
const argsOf = (body: string): Record<string, string> => {
  if (!body.startsWith('{')) return Object.fromEntries(new URLSearchParams(body));
  const fields = Object.entries(JSON.parse(body));
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
};

const usual: Record<string, object> = {
  'auth.test': { ok: true, team: 'Reading Group', team_id: 'T01', user: 'paperboy', user_id: 'U0BOT', bot_id: 'B0BOT' },
  'chat.postMessage': { ok: true, channel: 'C01', ts: '1.000001' },
};

/**
 * A scripted Web API for what the local server never does: refusals, rate limits, failures, broken connections, paging,
 * scopes. `answer` returns undefined for the default answer; a method without one answers `unknown_method`.
 */
export const startSlackApi = async (
  answer: (call: SlackApiCall, nth: number) => SlackApiAnswer | undefined = () => undefined,
) => {
  const calls: SlackApiCall[] = [];
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = {
      method: (request.url ?? '').replace(/^\/api\//, ''),
      args: argsOf(Buffer.concat(chunks).toString()),
      token: (request.headers.authorization ?? '').replace('Bearer ', ''),
    };
    calls.push(call);
    const nth = (counts.get(call.method) ?? 0) + 1;
    counts.set(call.method, nth);
    const reply = answer(call, nth) ?? { body: usual[call.method] ?? { ok: false, error: 'unknown_method' } };
    if (reply === 'silence') return;
    if (reply === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const { status = 200, headers = {}, body = {} } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
