import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExternalError } from '../../../src/core/errors.ts';
import type { SendRequest } from '../../../src/core/platform.ts';
import { type Outcome, remoteFailure, scriptedPlatform } from '../../fakes/daily.ts';
import { createPosting, everything, general, type Posting } from './posting.ts';

let stores: Posting['stores'];
let slack: Posting['slack'];
let clock: Posting['clock'];
let post: Posting['post'];
let texts: Posting['texts'];
let statuses: Posting['statuses'];
beforeEach(async () => {
  ({ stores, slack, clock, post, texts, statuses } = await createPosting());
});
afterEach(() => stores.close());

const [header] = everything;

describe('publishing a digest', () => {
  it('sends the header, then the papers in its thread in order, and stores each', async () => {
    const published = await post();
    expect(texts()).toEqual(everything);
    expect(slack.posted.map(({ thread }) => thread)).toEqual([undefined, 'm1', 'm1']);
    expect(slack.posted.every(({ destination }) => destination === general)).toBe(true);
    expect(published).toEqual({ sent: new Set(['a', 'b']), headers: 1, failed: [] });
    expect(await stores.outbox.about({ destination: general, messageId: 'm3' })).toMatchObject({ paperId: 'b' });
    // One request per destination to learn whether the digest is there already.
    expect(slack.finds).toEqual([{ destination: general, since: Date.parse('2025-07-07T21:00:00Z') }]);
  });

  it('sends nothing twice', async () => {
    await post();
    expect(await post()).toEqual({ sent: new Set(), headers: 0, failed: [] });
    expect(slack.sends).toHaveLength(3);
  });

  it('sends to several destinations, each with its own thread, and counts a paper once', async () => {
    const published = await post(['slack:C1', 'slack:C2']);
    expect(slack.posted).toHaveLength(6);
    const replies = slack.posted.filter(({ thread }) => thread !== undefined);
    for (const { thread, destination } of replies)
      expect(slack.posted.find(({ messageId }) => messageId === thread)).toMatchObject({ destination, text: header });
    expect(published).toMatchObject({ sent: new Set(['a', 'b']), headers: 2 });
  });

  it('sends once to a destination that is listed in two ways', async () => {
    await post(['slack:C1', 'slack:T1:C1']);
    expect(texts()).toEqual(everything);
  });

  it('marks a message as being sent before it sends it', async () => {
    const seen: (string | undefined)[] = [];
    slack.outcome = async (_, tries): Promise<Outcome> => {
      seen.push((await statuses())[tries - 1]);
      return 'arrives';
    };
    await post();
    expect(seen).toEqual(['sending', 'sending', 'sending']);
    expect(await statuses()).toEqual(['sent', 'sent', 'sent']);
  });
});

describe('a message that another process was sending when it died', () => {
  const killedAt = async (rank: number, arrived: boolean) => {
    slack.outcome = (_, tries) => {
      if (tries <= rank) return 'arrives';
      return arrived ? { arrivesThenFails: new Error('killed') } : new Error('killed');
    };
    await expect(post()).rejects.toThrow('killed');
    slack.outcome = () => 'arrives';
    slack.finds.length = 0;
  };

  it.each([0, 1, 2])('is found if it arrived, and not sent again (rank %i)', async (rank) => {
    await killedAt(rank, true);
    const { sent, headers } = await post();
    expect(texts()).toEqual(everything);
    // The thread is read once, whatever the number of papers.
    expect(slack.finds.map(({ thread }) => thread?.messageId)).toEqual(rank === 0 ? [undefined, 'm1'] : ['m1']);
    expect(sent.size + headers).toBe(2 - rank);
    expect(await statuses()).toEqual(['sent', 'sent', 'sent']);
  });

  it.each([0, 1, 2])('is sent if it did not arrive (rank %i)', async (rank) => {
    await killedAt(rank, false);
    await post();
    expect(texts()).toEqual(everything);
    // Once before it is sent, and once more for its first attempt, which may have been late.
    const thread = rank === 0 ? undefined : 'm1';
    expect(slack.finds.map((query) => query.thread?.messageId)).toEqual([thread, 'm1', undefined]);
  });

  it('is searched only after time to arrive, however long ago the first attempt was', async () => {
    await killedAt(1, false);
    clock.set('2025-07-08T14:00:00Z');
    clock.slept.length = 0;
    await post();
    // Before it is sent again, and before the search for two of it.
    expect(clock.slept).toEqual([2000, 2000]);
  });
});

describe('a platform that fails', () => {
  it.each([
    ['no answer', undefined],
    ['a server error', 503],
  ])('is searched for the message after %s', async (_, status) => {
    slack.outcome = (_request, tries) => (tries === 2 ? { arrivesThenFails: remoteFailure({ status }) } : 'arrives');
    const { sent } = await post();
    expect(texts()).toEqual(everything);
    expect(slack.finds.map(({ thread }) => thread?.messageId)).toEqual([undefined, 'm1']);
    expect(sent).toEqual(new Set(['a', 'b']));
  });

  it('is sent the message again if it is missing', async () => {
    slack.outcome = (_, tries) => (tries === 2 ? remoteFailure({ status: 500 }) : 'arrives');
    await post();
    expect(texts()).toEqual(everything);
    expect(slack.finds.map(({ thread }) => thread?.messageId)).toEqual([undefined, 'm1', 'm1', undefined]);
    expect(slack.sends).toHaveLength(4);
  });

  it('gets time to show a message after each attempt', async () => {
    slack.outcome = (_, tries) => (tries === 1 || tries === 2 ? remoteFailure() : 'arrives');
    await post();
    // Half a second and the rest of two seconds; then a second and the rest of two seconds;
    // then two seconds before the search for a message that came twice.
    expect(clock.slept).toEqual([500, 1500, 1000, 1000, 2000]);
  });

  it('gets the pause it asks for, and a refused message is sent without a search', async () => {
    slack.outcome = (_, tries) => (tries === 1 ? remoteFailure({ status: 429, retryAfterMs: 7000 }) : 'arrives');
    await post();
    expect(clock.slept).toEqual([7000]);
    expect(slack.finds).toHaveLength(1);
    expect(texts()).toEqual(everything);
  });

  it('is searched for an unclear message even after a refusal in between', async () => {
    slack.outcome = (_, tries) => (tries === 1 ? { arrivesThenFails: remoteFailure() } : 'arrives');
    let looks = 0;
    const { sent } = slack;
    slack.sent = (query) => {
      looks += 1;
      return looks === 2 ? Promise.reject(remoteFailure({ status: 429, retryAfterMs: 3000 })) : sent(query);
    };
    await post();
    expect(texts()).toEqual(everything);
    expect(clock.slept).toContain(3000);
  });

  it('is given up after six attempts with growing delays; the rest stays for the next run', async () => {
    slack.outcome = (_, tries) => (tries === 1 ? 'arrives' : remoteFailure({ status: 429, message: 'too busy' }));
    const { sent, headers, failed } = await post();
    expect(slack.sends).toHaveLength(7);
    expect(clock.slept).toEqual([500, 1000, 2000, 4000, 8000]);
    expect([sent.size, headers]).toEqual([0, 1]);
    expect(failed).toEqual([{ destination: 'slack:C1', reason: 'too busy' }]);
    expect(await statuses()).toEqual(['sent', 'sending', 'pending']);
    slack.outcome = () => 'arrives';
    expect(await post()).toEqual({ sent: new Set(['a', 'b']), headers: 0, failed: [] });
    expect(texts()).toEqual(everything);
  });

  it('is not retried after a permanent failure, and does not stop the other destinations', async () => {
    slack.outcome = ({ destination }) =>
      destination.endsWith('C1') ? remoteFailure({ retryable: false, message: 'archived' }) : 'arrives';
    const { sent, headers, failed } = await post(['slack:C1', 'slack:C2']);
    expect(slack.sends.filter(({ destination }) => destination === general)).toHaveLength(1);
    expect(failed).toEqual([{ destination: 'slack:C1', reason: 'archived' }]);
    expect([sent.size, headers]).toEqual([2, 1]);
    expect(texts()).toEqual(everything);
  });

  it('is reported with the reason, also if it is not connected or refuses an address', async () => {
    const web = scriptedPlatform('web');
    web.resolve = () => Promise.reject(remoteFailure({ message: 'no such channel' }));
    const { failed, headers } = await post(['discord:1', 'web', 'slack:C1'], { platforms: [slack, web] });
    expect(failed.toSorted((a, b) => a.destination.localeCompare(b.destination))).toEqual([
      { destination: 'discord:1', reason: 'discord is not connected' },
      { destination: 'web', reason: 'no such channel' },
    ]);
    expect(headers).toBe(1);
  });
});

describe('a platform that is slow', () => {
  it('is searched again half a minute later, before a message is sent a second time', async () => {
    slack.outcome = async ({ key }, tries) => {
      if (tries !== 2) return 'arrives';
      await clock.sleep(30_000);
      // Arrives after the first search.
      setImmediate(async () => {
        while (slack.finds.length < 2) await new Promise((resolve) => setImmediate(resolve));
        slack.posted.push({ destination: general, thread: 'm1', key, text: '1. Title of a', messageId: 'late' });
      });
      return remoteFailure();
    };
    const { sent } = await post();
    expect(texts()).toEqual(everything);
    expect(slack.finds).toHaveLength(3);
    expect(sent).toEqual(new Set(['a', 'b']));
  });
});

describe('a message that is refused for its content', () => {
  const refusal = new ExternalError({
    service: 'Slack',
    message: 'invalid_blocks',
    status: 200,
    retryable: false,
    isAboutMessage: true,
  });

  it('is sent as plain text with its links, and the next papers follow', async () => {
    slack.outcome = ({ message }) => (message.blocks.length > 2 && slack.sends.length === 2 ? refusal : 'arrives');
    const { sent, failed } = await post();
    expect(texts()).toEqual([header, '1. Title of a (a)', '2. Title of b']);
    expect(slack.sends[2]?.message.blocks.map(({ type }) => type)).toEqual(['paragraph', 'note']);
    expect(sent).toEqual(new Set(['a', 'b']));
    expect(failed).toEqual([]);
  });

  const mentions = (words: string) => (request: SendRequest) =>
    JSON.stringify(request.message).includes(words) ? refusal : 'arrives';

  it('is given up with a note if the plain text is refused too, and the next papers follow', async () => {
    slack.outcome = mentions('Title of a');
    expect(await post()).toEqual({ sent: new Set(['b']), headers: 1, failed: [] });
    expect(texts()).toEqual([
      header,
      'Number 1, paper a, could not be posted here. invalid_blocks Type /arxiv show a to read it.',
      '2. Title of b',
    ]);
    expect(await statuses()).toEqual(['sent', 'sent', 'sent']);
    const { length } = slack.sends;
    expect(await post()).toEqual({ sent: new Set(), headers: 0, failed: [] });
    expect(slack.sends).toHaveLength(length);
  });

  it.each([['a'], ['b']])('is given up without a note if that is refused too (paper %s)', async (id) => {
    slack.outcome = (request) =>
      request.thread && request.message.summary.match(new RegExp(`\\b${id}\\b`)) ? refusal : 'arrives';
    const { sent, failed } = await post();
    expect([sent.size, failed]).toEqual([1, []]);
    expect(await statuses()).toEqual(id === 'a' ? ['sent', 'refused', 'sent'] : ['sent', 'sent', 'refused']);
    expect(await stores.outbox.unsent('foundations', '2025-01-01')).toBe(0);
    expect(await stores.outbox.unfinished('foundations', '2025-01-01')).toEqual([]);
    const { length } = slack.sends;
    await post();
    expect(slack.sends).toHaveLength(length);
  });

  it('does not stop other destinations, and a header is replaced by a note', async () => {
    slack.outcome = (request) =>
      request.destination === general && !request.thread ? mentions('8 July')(request) : 'arrives';
    const { sent, headers } = await post(['slack:C1', 'slack:C2']);
    expect([sent.size, headers]).toEqual([2, 2]);
    expect(texts()).toContain('The header of this digest could not be posted here. invalid_blocks');
  });

  it('is not given up for a failure of another kind', async () => {
    slack.outcome = (_, tries) => {
      if (tries === 2) return refusal;
      return tries === 3 ? remoteFailure({ retryable: false, message: 'archived' }) : 'arrives';
    };
    expect((await post()).failed).toEqual([{ destination: 'slack:C1', reason: 'archived' }]);
    expect(await statuses()).toEqual(['sent', 'sending', 'pending']);
  });
});

it('sends a message again if a proxy answers with the id of an earlier one', async () => {
  const { send } = slack;
  const first = Promise.withResolvers<Awaited<ReturnType<typeof send>>>();
  let sends = 0;
  slack.send = async (request) => {
    sends += 1;
    if (sends === 2 || sends === 3) return first.promise;
    const ref = await send(request);
    first.resolve(ref);
    return ref;
  };
  expect(await post()).toMatchObject({ sent: { size: 2 }, failed: [] });
  expect(texts()).toEqual(everything);
});

describe('a bug or an abort while publishing', () => {
  it('is thrown once no destination is sending any more', async () => {
    let arrived = false;
    slack.outcome = async ({ destination }) => {
      if (destination === general) throw new TypeError('a bug');
      await new Promise((resolve) => setTimeout(resolve, 30));
      arrived = true;
      return remoteFailure({ retryable: false });
    };
    await expect(post(['slack:C1', 'slack:C2'])).rejects.toThrow(TypeError);
    expect(arrived).toBe(true);
  });

  it('stops before the next message; the rest stays for the next run', async () => {
    const controller = new AbortController();
    slack.outcome = (_, tries) => {
      if (tries === 2) controller.abort(new Error('stopped'));
      return 'arrives';
    };
    await expect(post(['slack:C1'], { signal: controller.signal })).rejects.toThrow('stopped');
    expect(await statuses()).toEqual(['sent', 'sent', 'pending']);
    await post();
    expect(texts()).toEqual(everything);
  });
});
