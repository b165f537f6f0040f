import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { postRecap, recapEnd } from '../../../src/daily/publish/recap.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { remoteFailure, scriptedPlatform } from '../../fakes/daily.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';

const never = new AbortController().signal;
let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await saveDigest(stores, [paperOf('2507.00001')], { date: '2025-07-01' });
});
afterEach(() => stores.close());

const setUp = () => {
  const platform = scriptedPlatform();
  const { logger, lines } = keepingLogger();
  const clock = createSteppingClock('2025-07-07T13:00:00Z');
  const parts = { stores, platforms: new Map([['slack', platform]]), clock, logger };
  return { platform, lines, parts };
};
const weekly = channelOf({ recap: 'week', post: ['slack:T1:C1'] });

describe('the last day of a recap', () => {
  it.each([
    ['week', '2025-07-07', '2025-07-06'],
    ['week', '2025-07-13', '2025-07-06'],
    ['week', '2025-07-14', '2025-07-13'],
    ['month', '2025-07-01', '2025-06-30'],
    ['month', '2025-03-31', '2025-02-28'],
  ] as const)('of a %s on %s is %s', (span, today, end) => {
    expect(recapEnd(span, today)).toBe(end);
  });
});

describe('a recap', () => {
  it('is posted once a week, however often it is due', async () => {
    const { platform, parts } = setUp();
    expect(await postRecap(weekly, parts, never)).toBe(true);
    expect(await postRecap(weekly, parts, never)).toBe(false);
    expect(platform.posted).toMatchObject([
      { destination: 'slack:T1:C1', thread: undefined, text: 'The best of the last 7 days · foundations' },
    ]);
  });

  it('is not posted without the setting, without digests, or in a paused channel', async () => {
    const { platform, parts } = setUp();
    for (const channel of [channelOf(), { ...weekly, isPaused: true }, { ...weekly, name: 'robots' }])
      expect(await postRecap(channel, parts, never)).toBe(false);
    expect(platform.sends).toEqual([]);
  });

  it('is sent later to a destination that failed, and not again to the others', async () => {
    const { platform, parts, lines } = setUp();
    const both = channelOf({ recap: 'week', post: ['slack:T1:C1', 'slack:T1:C2'] });
    platform.outcome = ({ destination }) => (destination === 'slack:T1:C2' ? remoteFailure() : 'arrives');
    await postRecap(both, parts, never);
    expect(lines).toMatchObject([{ message: 'recap not posted' }]);
    platform.outcome = () => 'arrives';
    await postRecap(both, parts, never);
    expect(platform.posted.map(({ destination }) => destination)).toEqual(['slack:T1:C1', 'slack:T1:C2']);
  });
});
