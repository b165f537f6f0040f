import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { commands } from '../../commands/index.ts';
import { inputsFor } from '../chat/discord/inputs.ts';
import { shownText } from '../chat/discord/shown.ts';
import type { DiscordServer } from '../fakes/discord-server.ts';
import type { FakeEmbed } from '../fakes/discord-state.ts';
import { patienceMs } from '../fakes/patience.ts';
import type { Gate } from './slack-gate.ts';

export const toDiscord = ({ token, apiUrl }: { token: string; apiUrl: string }): Record<string, string> => ({
  DISCORD_TOKEN: token,
  DISCORD_API_URL: apiUrl,
});

/** The first arXiv id in a message: that of its paper. */
export const idIn = (embeds: readonly FakeEmbed[]): string => /\d{4}\.\d{5}/.exec(shownText(embeds))?.[0] ?? '';

/** The threads of a channel: their names and the ids of the papers in them, in order. */
export const digestsOn = ({ state, shown }: DiscordServer, channel = state.general) =>
  state.ofChannel(channel).map(({ id }) => ({ name: state.channels.get(id)?.name, ids: shown(id).map(idIn) }));

/** Sends a command and waits for the answer. @throws if it comes late or is public */
export const ask = async (
  server: DiscordServer,
  text: string,
  where?: Parameters<DiscordServer['command']>[1],
): Promise<string> => {
  const since = performance.now();
  const interaction = server.command(inputsFor(commands, text), where);
  while (interaction.answers.length === 0) {
    if (performance.now() - since > patienceMs) throw new Error(`no answer to "${text}" within ${patienceMs} ms`);
    await delay(20);
  }
  if (!interaction.isEphemeral) throw new Error('the answer is for everybody to see');
  return interaction.answers.map(shownText).join('\n');
};

/** The line of a paper in an answer of `top`, with its votes. @throws if there is none */
export const lineOf = (answer: string, id: string): string => {
  const found = answer.split('\n').find((line) => line.includes(id));
  if (found === undefined) throw new Error(`${id} is not in ${answer}`);
  return found;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** A proxy for Discord's HTTP API that reports each posted message. */
export const startDiscordGate = async (discord: { apiUrl: string; token: string }, gate: Gate) => {
  let posted = 0;
  const { origin } = new URL(discord.apiUrl);
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '', headers } = request;
    const body = await bodyOf(request);
    const nth = method === 'POST' && /\/channels\/\d+\/messages$/.test(url) ? ++posted : 0;
    if (nth > 0 && (await gate.before?.(nth)) === false) {
      request.socket.destroy();
      return;
    }
    const answer = await fetch(`${origin}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': headers['content-type'] ?? '' },
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    if (nth > 0) gate.after?.(nth);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    token: discord.token,
    apiUrl: discord.apiUrl.replace(origin, `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
