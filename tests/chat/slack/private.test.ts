import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { textMessage } from '../../../src/core/message.ts';
import { connect } from './connect.ts';

const notice = { message: textMessage('arXiv fails.'), key: 'notice-1' };

describe('a private message on Slack', () => {
  it.each(['slack:U01ADA', 'slack:T01:U01ADA'])('goes to the person %s', async (person) => {
    const { platform, calls } = await connect(() => undefined);
    await platform.sendPrivately?.(person, notice);
    expect(calls('chat.postMessage').map(({ args }) => args.channel)).toEqual(['U01ADA']);
  });

  it('goes to nobody if the person is in another workspace', async () => {
    const { platform, calls } = await connect(() => undefined);
    await expect(platform.sendPrivately?.('slack:T9:U01ADA', notice)).rejects.toThrow(UserError);
    expect(calls('chat.postMessage')).toEqual([]);
  });

  it('fails for good if the app may not send one', async () => {
    const { platform } = await connect(({ method }) =>
      method === 'chat.postMessage' ? { body: { ok: false, error: 'messages_tab_disabled' } } : undefined,
    );
    await expect(platform.sendPrivately?.('slack:U01ADA', notice)).rejects.toMatchObject({
      ...{ service: 'Slack', retryable: false, message: expect.stringContaining('Messages Tab') },
    });
  });
});
