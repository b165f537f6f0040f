import { describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import type { CommandRequest, PlatformHandlers } from '../../../src/core/platform.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { listenOn, open } from './connect.ts';
import { shownText } from './shown.ts';

const start = async (
  answer: PlatformHandlers['command'] = async ({ text }) => textMessage(`You typed ${text}.`),
  fault?: Parameters<typeof startDiscordServer>[0],
) => {
  const server = await startDiscordServer(fault);
  open.push(server);
  const requests: CommandRequest[] = [];
  const { platform } = await listenOn(server, {
    async command(request) {
      requests.push(request);
      return answer(request);
    },
  });
  const { state } = server;
  const destination = `discord:${state.guild.id}:${state.general}`;
  const bot = `<@${state.bot.id}>`;
  const shown = (channel = state.general) => server.shown(channel).map(shownText);
  return { server, platform, state, destination, bot, requests, shown };
};

describe('a mention of the bot on Discord', () => {
  it('is answered with a reply that everybody sees', async () => {
    const { server, state, destination, bot, requests, shown } = await start();
    const id = server.write(`Hey ${bot} top 5`, { user: state.people.bob });
    await expect.poll(() => shown()).toEqual(['You typed top 5.']);
    const person = `discord:${state.guild.id}:${state.people.bob}`;
    expect(requests).toMatchObject([{ text: 'top 5', person, destination, isMention: true }]);
    expect(requests[0]).not.toHaveProperty('thread');
    expect(server.called('POST', /messages$/)[0]?.body).toMatchObject({ message_reference: { message_id: id } });
  });

  it('carries its thread and the message that it replies to', async () => {
    const { server, platform, destination, bot, requests, shown } = await start();
    const header = await platform.send({ destination, message: textMessage('Day'), key: 'k-0' });
    const paper = await platform.send({ destination, thread: header, message: textMessage('Paper'), key: 'k-1' });
    server.write(`${bot} what data?`, { channel: header.messageId, to: paper.messageId });
    await expect.poll(() => shown(header.messageId).at(-1)).toBe('You typed what data?.');
    expect(requests[0]).toMatchObject({ destination, thread: header, about: paper });
  });

  it('is ignored without the mention, or by a bot', async () => {
    const { server, state, bot, requests, shown } = await start();
    server.write('top 5');
    server.write(`${bot} top 5`, { user: state.bot.id });
    server.write(`${bot} last`);
    await expect.poll(() => shown()).toEqual(['You typed last.']);
    expect(requests).toHaveLength(1);
  });

  it('shows its progress in the reply, which becomes the answer', async () => {
    const { server, bot, shown } = await start(async ({ progress }) => {
      await progress?.(textMessage('Reading …'));
      return textMessage('Done');
    });
    server.write(`${bot} ask 3 why?`);
    await expect.poll(() => shown()).toEqual(['Done']);
  });

  const personal: PlatformHandlers['command'] = async () => ({ ...textMessage('Your list'), isPersonal: true });

  it('gets a personal answer in a direct message', async () => {
    const { server, bot, shown } = await start(personal, ({ path }) => {
      if (path === '/users/@me/channels') return { body: { id: '77', type: 1 } };
      return path === '/channels/77/messages' ? { body: { id: '78' } } : undefined;
    });
    server.write(`${bot} saved`);
    const direct = () => server.called('POST', /^\/channels\/77\/messages$/);
    await expect.poll(() => JSON.stringify(direct()[0]?.body)).toContain('Your list');
    expect(direct()[0]?.body).not.toHaveProperty('message_reference');
    expect(shown()).toEqual([]);
  });

  it('is told how to get a personal answer without direct messages', async () => {
    const refusal = { status: 403, body: { code: 50_007, message: 'Cannot send' } };
    const { server, bot, shown } = await start(personal, ({ path }) =>
      path === '/users/@me/channels' ? refusal : undefined,
    );
    server.write(`${bot} saved`);
    await expect.poll(() => shown().join()).toMatch(/Use \/arxiv instead/);
  });
});
