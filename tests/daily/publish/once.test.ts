import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { paperboyItself } from '../../../src/core/changes.ts';
import type { Digest } from '../../../src/core/digest.ts';
import type { Outbox } from '../../../src/core/outbox.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { withLease } from '../../../src/daily/lease.ts';
import { publish } from '../../../src/daily/publish/publish.ts';
import { createSteppingClock, type SteppingClock } from '../../fakes/clock.ts';
import { type Outcome, remoteFailure, type ScriptedPlatform, scriptedPlatform } from '../../fakes/daily.ts';
import { digestOf, entryOf, paperOf, rubricOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';

const start = '2025-07-08T13:00:00Z';
const general = 'slack:T1:C1';
const lease = 'channel foundations';
const header = 'Tuesday, 8 July 2025 · foundations';

const opened: Stores[] = [];
let slack: ScriptedPlatform;
let clock: SteppingClock;
let doubles: string[];
let log: ReturnType<typeof keepingLogger>;
beforeEach(() => {
  slack = scriptedPlatform();
  clock = createSteppingClock(start);
  doubles = [];
  log = keepingLogger();
});
afterEach(() => {
  for (const stores of opened.splice(0)) stores.close();
});

const saveDigest = async (stores: Stores, ids: readonly string[]): Promise<Digest> => {
  const papers = ids.map((id) => paperOf(id));
  await stores.announcements.savePapers(papers);
  await stores.scores.saveRubric(rubricOf());
  const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
  const verdicts = papers.map(({ id, version }) => ({ paperId: id, version, relevance: 9, novelty: 8, comment: 'c' }));
  const scores = await stores.scores.add(query, verdicts, start);
  const entries = scores.map((score, index) => entryOf(index + 1, paperOf(score.paperId), score));
  return stores.digests.create(digestOf(entries), start, []);
};

/** A database that knows nothing of what was posted before, with the digest of the day. */
const database = async (ids: readonly string[] = ['a', 'b', 'c']) => {
  const stores = openStores(':memory:');
  opened.push(stores);
  return { stores, digest: await saveDigest(stores, ids) };
};
type Database = Awaited<ReturnType<typeof database>>;

const post = (
  { stores, digest }: Database,
  more: Partial<Outbox> & { destinations?: string[]; signal?: AbortSignal } = {},
) => {
  const { destinations = [general], signal = new AbortController().signal, ...methods } = more;
  const outbox = { ...stores.outbox, ...methods };
  const { earlyHeaders } = stores;
  const platforms = new Map([['slack', slack]]);
  const parts = { platforms, outages: new Map(), outbox, earlyHeaders, clock, random: () => 1 };
  const onDouble = (platform: string) => doubles.push(platform);
  return withLease(lease, { leases: stores.leases, clock }, signal, (held) =>
    publish(digest, destinations, { ...parts, fill: true, logger: log.logger, onDouble }, held),
  );
};

const texts = () => slack.posted.map(({ text }) => text);
const idsOf = async ({ stores, digest }: Database) =>
  (await stores.outbox.list(digest.digestId, general)).map(({ message }) => message?.messageId);
const everything = [header, '1. Title of a', '2. Title of b', '3. Title of c'];

/** Makes what was sent in the last 8 seconds invisible, as Slack does at times. */
const delayHistory = (lagMs = 10_000): void => {
  const sentAt = new Map<string, number>();
  const { send, sent } = slack;
  Object.assign(slack, { lagMs });
  slack.send = async (request) => {
    try {
      return await send(request);
    } finally {
      const { messageId = '' } = slack.posted.at(-1) ?? {};
      if (!sentAt.has(messageId)) sentAt.set(messageId, clock.monotonic());
    }
  };
  slack.sent = async (query) => {
    const found = await sent(query);
    return found.filter(({ message }) => clock.monotonic() - (sentAt.get(message.messageId) ?? 0) > 8_000);
  };
};

describe('a database that does not know what was posted', () => {
  it('finds the whole digest with two requests, and stores it', async () => {
    await post(await database());
    slack.finds.length = 0;
    const restored = await database();
    expect(await post(restored)).toEqual({ sent: new Set(), headers: 0, failed: [] });
    expect(texts()).toEqual(everything);
    expect(slack.finds.map(({ thread }) => thread?.messageId)).toEqual([undefined, 'm1']);
    expect(await idsOf(restored)).toEqual(['m1', 'm2', 'm3', 'm4']);
    await post(restored);
    expect(slack.finds).toHaveLength(2);
  });

  it.each([1, 2, 3])('continues in the thread if only %i messages were posted', async (posted) => {
    slack.outcome = (_, tries) => (tries <= posted ? 'arrives' : new Error('killed'));
    await expect(post(await database())).rejects.toThrow('killed');
    slack.outcome = () => 'arrives';
    const restored = await database();
    expect((await post(restored)).sent.size).toBe(4 - posted);
    expect(texts()).toEqual(everything);
    expect(new Set(slack.posted.slice(1).map(({ thread }) => thread))).toEqual(new Set(['m1']));
  });

  it('posts papers that it picks in addition, and leaves those that it does not pick', async () => {
    await post(await database(['a', 'b']));
    expect((await post(await database(['c', 'b']))).sent).toEqual(new Set(['c']));
    expect(texts()).toEqual([header, '1. Title of a', '2. Title of b', '1. Title of c']);
  });

  it('posts to destinations that have nothing yet', async () => {
    await post(await database());
    const { headers } = await post(await database(), { destinations: [general, 'slack:T1:C2'] });
    expect(headers).toBe(1);
    expect(slack.posted.map(({ destination }) => destination)).toEqual([
      ...Array(4).fill(general),
      ...Array(4).fill('slack:T1:C2'),
    ]);
  });

  it('finds a digest that was remade after a retraction of which it does not know', async () => {
    const first = await database();
    const value = { date: '2025-07-08', remedial: false, messages: 4 };
    const change = { at: start, person: paperboyItself, channel: 'foundations', value };
    await first.stores.digests.remove(first.digest.digestId);
    await first.stores.changes.add({ ...change, action: 'retract' } as Parameters<Stores['changes']['add']>[0]);
    await post({ stores: first.stores, digest: await saveDigest(first.stores, ['a', 'b', 'c']) });
    await post(await database());
    expect(texts()).toEqual(everything);
  });

  it('posts a remade digest, although the one that was retracted is still there', async () => {
    const one = await database();
    await post(one);
    const value = { date: '2025-07-08', remedial: false, messages: 4 };
    const change = { at: start, person: paperboyItself, channel: 'foundations', value };
    await one.stores.changes.add({ ...change, action: 'retract' } as Parameters<Stores['changes']['add']>[0]);
    await one.stores.digests.remove(one.digest.digestId);
    await post({ stores: one.stores, digest: await saveDigest(one.stores, ['a', 'b', 'c']) });
    expect(texts()).toEqual([...everything, ...everything]);
  });

  it('is searched for the digest as far back as it may have been posted', async () => {
    clock.set('2025-07-11T13:00:00Z');
    await post(await database());
    clock.set('2026-01-01T13:00:00Z');
    await post(await database(), { destinations: ['slack:T1:C2'] });
    const days = slack.finds.map(
      ({ since }, index) =>
        (Date.parse(['2025-07-11T13:00:00Z', '2026-01-01T13:00:00Z'][index] ?? '') - since) / 86_400_000,
    );
    expect(days).toEqual([3 + 16 / 24, 14]);
  });
});

describe('a history that is behind', () => {
  it('hides nothing from a database that was just restored', async () => {
    delayHistory();
    await post(await database());
    const changedAt = clock.monotonic() + 1_000;
    clock.slept.length = 0;
    expect(await post(await database(), { changedAt: async () => changedAt })).toMatchObject({ headers: 0 });
    expect(texts()).toEqual(everything);
    expect(clock.slept).toEqual([11_000]);
  });

  it('delays nothing if the database was not changed lately, or is new', async () => {
    delayHistory();
    for (const changedAt of [clock.monotonic() - 10_000, undefined]) {
      clock.slept.length = 0;
      slack.posted.length = 0;
      await post(await database(), { changedAt: async () => changedAt });
      expect(clock.slept).toEqual([]);
    }
  });

  it.each([0, 1, 3])('hides no message of a process that was killed while it sent (rank %i)', async (rank) => {
    delayHistory();
    const one = await database();
    slack.outcome = (_, tries) => (tries <= rank ? 'arrives' : { arrivesThenFails: new Error('killed') });
    await expect(post(one)).rejects.toThrow('killed');
    slack.outcome = () => 'arrives';
    await post(one);
    expect(texts()).toEqual(everything);
  });

  it('hides no message after an unclear answer', async () => {
    delayHistory();
    slack.outcome = (_, tries) => (tries === 3 ? { arrivesThenFails: remoteFailure() } : 'arrives');
    await post(await database());
    expect(texts()).toEqual(everything);
    expect(doubles).toEqual([]);
  });
});

describe('a message that arrives after it was sent again', () => {
  it.each([0, 2])('is removed and counted, and the stored one stays (rank %i)', async (rank) => {
    const one = await database();
    slack.outcome = (_, tries) => (tries === rank + 1 ? remoteFailure({ status: 500 }) : 'arrives');
    const { send } = slack;
    slack.send = async (request) => {
      const ref = await send(request);
      // The first attempt comes right after the second.
      if (slack.sends.length === rank + 2) {
        const [last] = slack.posted.slice(-1);
        if (last) slack.posted.push({ ...last, messageId: 'late' });
      }
      return ref;
    };
    await post(one);
    expect(texts().toSorted()).toEqual(everything.toSorted());
    expect(slack.removed).toEqual(['late']);
    expect(doubles).toEqual(['slack']);
    expect(log.lines).toContainEqual({
      level: 'warn',
      message: 'message posted twice, removed the second',
      fields: { destination: general, key: slack.posted[rank]?.key, message: 'late' },
    });
  });
});

describe('a process that loses its lease', () => {
  const steal = async ({ stores }: Database): Promise<void> => {
    const thief = { name: lease, owner: 'thief', expiresAt: 1 };
    const { holder } = await stores.leases.acquire(thief);
    await stores.leases.acquire(thief, holder);
  };
  const lost = 'another process took the lease "channel foundations"';

  it('claims nothing more', async () => {
    const one = await database();
    slack.outcome = async (_, tries): Promise<Outcome> => {
      if (tries === 2) await steal(one);
      return 'arrives';
    };
    // The lease is lost while the first paper is sent; the thief, who does not send it, finds it later by its key.
    await expect(post(one)).rejects.toThrow(lost);
    expect(texts()).toEqual(everything.slice(0, 2));
    expect((await one.stores.outbox.list(one.digest.digestId, general)).map(({ status }) => status)).toEqual([
      ...['sent', 'sending', 'pending', 'pending'],
    ]);
    await one.stores.leases.release({ name: lease, owner: 'thief', token: 2 });
    await post(one);
    expect(texts()).toEqual(everything);
  });

  it('sends nothing if it lost it while it waited for its turn', async () => {
    const one = await database();
    const { send } = slack;
    slack.send = async (request) => {
      if (slack.sends.length === 2) await steal(one);
      return send(request);
    };
    await expect(post(one)).rejects.toThrow(lost);
    expect(texts()).toEqual(everything.slice(0, 2));
  });

  it('removes what it sent in the last moment, if the process that has the lease sent it too', async () => {
    const one = await database();
    slack.outcome = async ({ key, thread, destination }, tries): Promise<Outcome> => {
      if (tries !== 3) return 'arrives';
      await steal(one);
      slack.posted.push({ destination, thread: thread?.messageId, key, text: '2. Title of b', messageId: 'other' });
      const delivery = (await one.stores.outbox.list(one.digest.digestId, general))[2];
      await one.stores.outbox.sent(delivery?.deliveryId ?? 0, { destination, messageId: 'other' }, 1);
      return 'arrives';
    };
    await expect(post(one)).rejects.toThrow(lost);
    expect(texts()).toEqual(everything.slice(0, 3));
    expect(slack.posted[2]?.messageId).toBe('other');
    expect(doubles).toEqual(['slack']);
  });

  it('removes it also if the run was stopped before the loss was noticed', async () => {
    const one = await database();
    const stopping = new AbortController();
    slack.outcome = async ({ key, thread, destination }, tries): Promise<Outcome> => {
      if (tries !== 3) return 'arrives';
      await steal(one);
      slack.posted.push({ destination, thread: thread?.messageId, key, text: '2. Title of b', messageId: 'other' });
      const delivery = (await one.stores.outbox.list(one.digest.digestId, general))[2];
      await one.stores.outbox.sent(delivery?.deliveryId ?? 0, { destination, messageId: 'other' }, 1);
      stopping.abort(new Error('another process took the run'));
      return 'arrives';
    };
    await expect(post(one, { signal: stopping.signal })).rejects.toThrow('another process took the run');
    expect(slack.posted.map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'other']);
    expect(doubles).toEqual(['slack']);
  });

  it.each([0, 2])('removes what arrived although its answer was lost (rank %i)', async (rank) => {
    const one = await database();
    slack.outcome = async ({ key, thread, destination, message }, tries): Promise<Outcome> => {
      if (tries !== rank + 1) return 'arrives';
      await steal(one);
      const other = { destination, thread: thread?.messageId, key, text: message.summary, messageId: 'other' };
      slack.posted.push(other);
      const delivery = (await one.stores.outbox.list(one.digest.digestId, general))[rank];
      await one.stores.outbox.sent(delivery?.deliveryId ?? 0, { destination, messageId: 'other' }, 1);
      return { arrivesThenFails: remoteFailure({ message: 'the wait was too long' }) };
    };
    await expect(post(one)).rejects.toThrow(lost);
    expect(slack.posted.map(({ messageId }) => messageId)).toEqual(['m1', 'm2'].slice(0, rank).concat('other'));
    expect(doubles).toEqual(['slack']);
  });

  it('keeps what it sent in the last moment, if the process that has the lease found it', async () => {
    const one = await database();
    slack.outcome = async (_, tries): Promise<Outcome> => {
      if (tries === 3) await steal(one);
      return 'arrives';
    };
    const { sent } = one.stores.outbox;
    const losing = post(one, {
      sent: async (deliveryId, message, at, fence) => {
        const isStored = await sent(deliveryId, message, at, fence);
        if (!isStored) await sent(deliveryId, message, at);
        return isStored;
      },
    });
    await expect(losing).rejects.toThrow(lost);
    expect(texts()).toEqual(everything.slice(0, 3));
    expect(doubles).toEqual([]);
  });
});

describe('a platform that cannot be searched', () => {
  it('is posted to if it refuses to be read, as without the right to', async () => {
    slack.findFails = remoteFailure({ retryable: false, message: 'missing scope' });
    await post(await database());
    expect(texts()).toEqual(everything);
    expect(log.lines.map(({ message }) => message)).toEqual(['not searched for an earlier message']);
  });

  it('is not posted to while it fails, because the digest may be there', async () => {
    slack.findFails = remoteFailure({ status: 503, message: 'down' });
    expect((await post(await database())).failed).toEqual([{ destination: general, reason: 'down' }]);
    expect(slack.sends).toEqual([]);
  });
});
