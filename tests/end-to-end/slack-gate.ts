import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { LocalSlack } from '../fakes/local-slack.ts';

/** Hooks around the n-th posted message, counted from 1. */
export type Gate = {
  /** Runs before Slack gets it; false drops it. */
  before?(nth: number): boolean | Promise<boolean>;
  /** Runs after Slack got it, before the bot gets the answer. */
  after?(nth: number): unknown;
  /** Milliseconds for which a message is missing in Slack's histories, as happens at times. */
  lagMs?: number;
};

const historySchema = z.looseObject({ messages: z.array(z.looseObject({ ts: z.string() })) });

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const withoutNewest = (text: string, lagMs: number): string => {
  const history = historySchema.safeParse(JSON.parse(text)).data;
  if (!history || lagMs === 0) return text;
  const isShown = ({ ts }: { ts: string }): boolean => Date.now() - Number(ts) * 1000 > lagMs;
  return JSON.stringify({ ...history, messages: history.messages.filter(isShown) });
};

/** A proxy for Slack's Web API with hooks around posted messages. */
export const startSlackGate = async (slack: LocalSlack, gate: Gate) => {
  let posted = 0;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const method = (request.url ?? '').replace(/^\/api\//, '');
    const nth = method === 'chat.postMessage' ? ++posted : 0;
    if (nth > 0 && (await gate.before?.(nth)) === false) {
      request.socket.destroy();
      return;
    }
    const answer = await fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? 'application/x-www-form-urlencoded',
      },
      body: new Uint8Array(body),
    });
    const whole = await answer.text();
    const text = /^conversations\.(history|replies)$/.test(method) ? withoutNewest(whole, gate.lagMs ?? 0) : whole;
    if (nth > 0) gate.after?.(nth);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
