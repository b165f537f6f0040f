import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFailure } from '../../../src/core/errors.ts';
import { createPosting, everything, type Posting } from './posting.ts';

let posting: Posting;
beforeEach(async () => {
  posting = await createPosting();
});
afterEach(() => posting.stores.close());

describe('a message that another process was sending when it died', () => {
  it('is searched at once if a clock that all processes share says that the last attempt was long ago', async () => {
    const { stores, slack, clock, post, texts } = posting;
    slack.outcome = (_, tries) => (tries === 1 ? 'arrives' : new Error('killed'));
    await expect(post()).rejects.toThrow('killed');
    slack.outcome = () => 'arrives';
    clock.slept.length = 0;
    const { list } = stores.outbox;
    stores.outbox.list = async (...wanted) =>
      (await list(...wanted)).map((one) => ({ ...one, triedMsAgo: one.rank === 1 ? 1_500 : undefined }));
    await post();
    // The rest of the time to arrive, then the wait before the search for two of it.
    expect(clock.slept).toEqual([500, 2000]);
    expect(texts()).toEqual(everything);
  });
});

describe('a database that is out of reach while publishing', () => {
  it('fails the run rather than the destination, so that another process goes on', async () => {
    const { stores, post, texts } = posting;
    const { sent } = stores.outbox;
    stores.outbox.sent = async () => {
      throw new StorageFailure('Postgres cannot be reached. Start it.');
    };
    await expect(post()).rejects.toThrow(StorageFailure);
    stores.outbox.sent = sent;
    expect(await post()).toMatchObject({ failed: [] });
    expect(texts()).toEqual(everything);
  });
});
