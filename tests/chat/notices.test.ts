import { describe, expect, it } from 'vitest';
import { createNotices } from '../../src/chat/notices.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { textMessage } from '../../src/core/message.ts';
import type { Platform } from '../../src/core/platform.ts';
import { quietLogger } from '../fakes/logger.ts';

const platformOf = (name: string, reachable: readonly string[], hasPrivate = true) => {
  const sent: string[] = [];
  const keys: string[] = [];
  const deliver = (to: string, key: string): void => {
    if (!reachable.includes(to)) throw new ExternalError({ service: name, message: 'no such person' });
    sent.push(to);
    keys.push(key);
  };
  const platform: Platform = {
    ...({} as Platform),
    name,
    resolve: async (written) => written.replace(':C', ':T1:C'),
    async send({ destination, key }) {
      deliver(destination, key);
      return { destination, messageId: '1' };
    },
    ...(hasPrivate ? { sendPrivately: async (person, { key }) => deliver(person, key) } : {}),
  };
  return { platform, sent, keys };
};

const notify = (platform: Platform, admins: string[]) =>
  createNotices({ admins, connected: new Map([[platform.name, platform]]), logger: quietLogger })(
    textMessage('Paperboy has a problem.'),
    [{ post: ['slack:C1', 'discord:5'] }, { post: ['slack:C1', 'slack:C2'] }],
    'outage 1',
  );

describe('a notice', () => {
  it('goes to every admin that can be reached, and to nobody else', async () => {
    const { platform, sent } = platformOf('slack', ['slack:U1', 'slack:T1:U2', 'slack:T1:C1']);
    await notify(platform, ['slack:U1', 'slack:T1:U2', 'slack:UGONE', 'discord:7', 'slack:U1']);
    expect(sent).toEqual(['slack:U1', 'slack:T1:U2']);
  });

  it.each([
    ['there is no admin', [], true],
    ['no admin can be reached', ['slack:UGONE'], true],
    ['the platform has no private messages', ['slack:U1'], false],
  ])('goes once to each destination of the channels if %s', async (_, admins, hasPrivate) => {
    const { platform, sent, keys } = platformOf('slack', ['slack:T1:C1', 'slack:T1:C2'], hasPrivate);
    await notify(platform, admins);
    expect(sent).toEqual(['slack:T1:C1', 'slack:T1:C2']);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[a-z0-9-]{1,200}$/);
  });

  it('does not fail if nobody can be reached', async () => {
    const { platform, sent } = platformOf('slack', []);
    await notify(platform, ['slack:U1']);
    expect(sent).toEqual([]);
  });
});
