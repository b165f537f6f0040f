import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { createClock } from '../../../src/core/clock.ts';
import type { Scorer } from '../../../src/core/score.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { runChannel } from '../../../src/daily/run.ts';
import { headerMessage } from '../../../src/digest/messages.ts';
import {
  announcementOf,
  evenScorer,
  remoteFailure,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedSource,
} from '../../fakes/daily.ts';
import { channelOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';

const tuesday = '2025-07-08';
const channel = channelOf({ post: ['slack:C1'], categories: ['cs.LG'] });
const title = 'Tuesday, 8 July 2025 · foundations';

let stores: Stores;
let slack: ScriptedPlatform;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = Object.assign(scriptedPlatform(), { hasEarlyHeaders: true });
});
afterEach(() => stores.close());

/** A minute passes as soon as the model is asked. Other waits are short. */
const clockOf = (asked: Promise<void>) => {
  const clock = createClock(new Date('2025-07-08T13:00:00Z'));
  return {
    ...clock,
    sleep: async (ms: number, signal?: AbortSignal) => {
      if (ms === 60_000) await asked;
      await clock.sleep(Math.min(ms, 5), signal);
    },
  };
};

/** @param answer What the model waits for after a minute has passed. */
const day = (answer: () => Promise<void>) => {
  const asked = Promise.withResolvers<void>();
  const model = evenScorer(8, 8, { engine: 'openai' });
  const slow: Scorer = {
    ...model,
    async *score(task) {
      asked.resolve();
      await answer();
      return yield* model.score(task);
    },
  };
  const source = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', tuesday, ['1', '2']) } });
  const clock = clockOf(asked.promise);
  const parts = runPartsOf('', { stores, source, scorers: [slow], platforms: [slack], clock });
  return (signal = new AbortController().signal) => runChannel(channel, {}, parts, signal);
};

const isPosted = (count: number) => async (): Promise<void> => {
  while (slack.posted.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
};
/** Gives an early header time to be posted, which must not happen. */
const aMoment = () => new Promise<void>((resolve) => setTimeout(resolve, 40));
const texts = () => slack.posted.map(({ text }) => text);
const whole = [title, '1. Title of 1', '2. Title of 2'];
const editOf = async () => {
  const digest = await stores.digests.find(channel.name, tuesday);
  if (!digest) throw new Error('there is no digest');
  return headerMessage(digest);
};

describe('an early header', () => {
  it('is posted if scoring takes over a minute, names no paper, and becomes the header of the digest', async () => {
    const result = await day(isPosted(1))();
    expect(result).toMatchObject({ status: 'posted', sent: 2 });
    expect(texts()).toEqual(whole);
    const [early] = slack.sends;
    expect(early?.message.summary).toBe(
      'arXiv, Tuesday, 8 July 2025: Scoring 2 papers takes longer than usual. The digest will appear here.',
    );
    expect(slack.edits.map(({ messageId, request }) => [messageId, request.key])).toEqual([['m1', early?.key]]);
    expect(slack.edits[0]?.request.message).toEqual(await editOf());
    expect(slack.posted.map(({ thread }) => thread)).toEqual([undefined, 'm1', 'm1']);
    expect(await stores.earlyHeaders.find(early?.key ?? '')).toBeUndefined();
  });

  it('is not posted if the digest is ready before, nor where people see progress anyway', async () => {
    const run = day(aMoment);
    slack.hasEarlyHeaders = false;
    expect(await run()).toMatchObject({ status: 'posted', sent: 2 });
    expect(slack.edits).toEqual([]);
    expect(texts()).toEqual(whole);
  });

  it('is completed by the next run if this one is killed', async () => {
    const killed = new AbortController();
    const answer = async (): Promise<void> => {
      await isPosted(1)();
      await aMoment();
      killed.abort(new Error('killed'));
      killed.signal.throwIfAborted();
    };
    await expect(day(answer)(killed.signal)).rejects.toThrow('killed');
    expect(texts()).toEqual([title]);
    expect(await day(async () => undefined)()).toMatchObject({ status: 'posted', sent: 2 });
    expect(texts()).toEqual(whole);
    expect(slack.edits.map(({ messageId }) => messageId)).toEqual(['m1']);
  });

  it('is found if its answer was lost, and completed', async () => {
    slack.outcome = (_request, tries) =>
      tries === 1 ? { arrivesThenFails: remoteFailure({ retryable: true }) } : 'arrives';
    expect(await day(isPosted(1))()).toMatchObject({ status: 'posted', sent: 2 });
    expect(texts()).toEqual(whole);
    expect(slack.edits.map(({ messageId }) => messageId)).toEqual(['m1']);
  });

  it('is sent with the digest if it could not be sent before', async () => {
    slack.outcome = (_request, tries) => (tries === 1 ? remoteFailure({ retryable: false }) : 'arrives');
    const tried = async () => {
      while (slack.sends.length < 1) await aMoment();
    };
    expect(await day(tried)()).toMatchObject({ status: 'posted', sent: 2 });
    expect(texts()).toEqual(whole);
    expect(slack.edits).toEqual([]);
  });

  it('is replaced if it can no longer be edited', async () => {
    slack.changeFails = (_messageId, changes) =>
      changes === 1 ? remoteFailure({ retryable: false, message: 'edit_window_closed' }) : undefined;
    expect(await day(isPosted(1))()).toMatchObject({ status: 'posted', sent: 2 });
    expect(slack.removed).toEqual(['m1']);
    expect(texts()).toEqual(whole);
  });
});
