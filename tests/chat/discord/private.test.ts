import { describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import { connect } from './connect.ts';

const notice = { message: textMessage('arXiv fails.'), key: 'notice-1' };

describe('a private message on Discord', () => {
  it.each(['discord:42', 'discord:100000000000000001:42'])('goes to the person %s', async (person) => {
    const { server, platform } = await connect(({ path }) => {
      if (path === '/users/@me/channels') return { body: { id: '77', type: 1 } };
      return path === '/channels/77/messages' ? { body: { id: '78' } } : undefined;
    });
    await platform.sendPrivately?.(person, notice);
    expect(server.called('POST', /^\/users\/@me\/channels$/)[0]?.body).toEqual({ recipient_id: '42' });
    expect(JSON.stringify(server.called('POST', /^\/channels\/77\/messages$/)[0]?.body)).toContain('arXiv fails.');
  });

  it('fails for good if the person accepts none', async () => {
    const { platform } = await connect(({ path }) =>
      path === '/users/@me/channels' ? { status: 403, body: { code: 50_007, message: 'Cannot send' } } : undefined,
    );
    await expect(platform.sendPrivately?.('discord:42', notice)).rejects.toMatchObject({
      ...{ service: 'Discord', retryable: false },
    });
  });
});
