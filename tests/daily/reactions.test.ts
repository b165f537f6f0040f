import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { readReactions } from '../../src/daily/reactions.ts';
import { keepingLogger } from '../chat/slack/quiet.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { remoteFailure, type ScriptedPlatform, scriptedPlatform } from '../fakes/daily.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';

const now = Date.parse('2025-07-20T13:00:00Z');
const place = 'slack:T1:C1';
const day = 86_400_000;

let stores: Stores;
let slack: ScriptedPlatform;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
});
afterEach(() => stores.close());

/** A posted digest of one paper: messages `ID-0`, the header, and `ID-1`. */
const posted = async (id: string, date: string, sentAt: number, destination = place) => {
  const digest = await saveDigest(stores, [paperOf(id)], { date });
  await stores.outbox.enqueue(digest, [destination]);
  for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, destination))
    await stores.outbox.sent(deliveryId, { destination, messageId: `${id}-${rank}` }, sentAt);
};
const thumb = (id: string, person: string) => ({
  ...{ message: { destination: place, messageId: `${id}-1` }, person: `slack:T1:${person}`, emoji: '+1' },
});
const read = async () => {
  const { lines, logger } = keepingLogger();
  const clock = createSteppingClock(new Date(now).toISOString());
  await readReactions({ platforms: new Map([['slack', slack]]), stores, clock, logger });
  return lines;
};
const ups = async (...ids: string[]) => {
  const votes = await stores.reactions.votes('foundations', ids);
  return ids.map((id) => votes.get(id)?.up ?? 0);
};

describe('reading reactions again', () => {
  it('learns of votes that were given and taken back while nobody listened', async () => {
    await posted('1', '2025-07-18', now - day);
    await stores.reactions.add(thumb('1', 'gone'), '2025-07-18T13:00:00.000Z');
    slack.standing = [thumb('1', 'U1'), thumb('1', 'U2')];
    expect(await read()).toEqual([]);
    expect(await ups('1')).toEqual([2]);
    slack.standing = [thumb('1', 'U2')];
    await read();
    expect(await ups('1')).toEqual([1]);
  });

  it('looks at the threads of the last 14 days alone', async () => {
    const asked: string[] = [];
    slack.reactions = async ({ messageId }) => {
      asked.push(messageId);
      return [];
    };
    await posted('1', '2025-07-04', now - 15 * day);
    await posted('2', '2025-07-08', now - 13 * day);
    await posted('3', '2025-07-18', now - day, 'web');
    await read();
    expect(asked).toEqual(['2-0']);
  });

  it('leaves a thread that cannot be read as it was, says so, and reads the others', async () => {
    await posted('1', '2025-07-17', now - 2 * day);
    await posted('2', '2025-07-18', now - day);
    await stores.reactions.add(thumb('2', 'U1'), '2025-07-18T13:00:00.000Z');
    slack.reactions = async ({ messageId }) => {
      if (messageId === '2-0') throw remoteFailure({ message: 'too busy' });
      return [thumb('1', 'U1')];
    };
    expect(await read()).toMatchObject([{ level: 'warn', fields: { reason: 'too busy' } }]);
    expect(await ups('1', '2')).toEqual([1, 1]);
  });
});
