import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSteppingClock } from '../../fakes/clock.ts';
import { postDigest, startWeb, type Web } from '../../fakes/web.ts';
import { attributesOf, parsePage } from '../../pages/page.ts';

const paper = '2507.00001';
const slack = 'slack:T1:ADA';
const json = { accept: 'application/json' };
const on = { destination: 'slack:T1:C1', messageId: 'slack-1' };

let web: Web;
let clock: ReturnType<typeof createSteppingClock>;
let browsers: Awaited<ReturnType<Web['visitor']>>[];
let message: string;
let reported: string[];
beforeEach(async () => {
  clock = createSteppingClock('2025-07-08T14:00:00.000Z');
  web = await startWeb({ clock });
  const { digest, messages } = await postDigest(web, [paper]);
  message = messages.get(paper) ?? '';
  await web.stores.outbox.enqueue(digest, [on.destination]);
  for (const { deliveryId, rank } of await web.stores.outbox.list(digest.digestId, on.destination))
    await web.stores.outbox.sent(deliveryId, { ...on, messageId: `slack-${rank}` }, 1);
  browsers = [await web.visitor(), await web.visitor()];
  reported = [];
  await web.platform.listen({
    command: async () => ({ summary: '', blocks: [] }),
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async ({ emoji }) => void reported.push(`+${emoji}`),
    reactionRemoved: async ({ emoji }) => void reported.push(`-${emoji}`),
  });
});
afterEach(() => web.close());

const now = () => clock.now().toISOString();

/** A second later. */
const later = (): Promise<void> => clock.sleep(1_000);

/** Makes one person of the Slack account and both browsers. */
const linkAll = async (): Promise<void> => {
  for (const browser of browsers) {
    await web.stores.links.offer(slack, 'WDJB-MJHT', now());
    expect(await web.stores.links.join(browser.person() ?? '', 'WDJB-MJHT', now())).toBe('joined');
  }
};

const vote = async (how: string, nth = 0) =>
  (await browsers[nth]?.post('foundations/reactions', { message, vote: how }, json))?.json();

const onSlack = (emoji: string, at = now()) => web.stores.reactions.add({ message: on, person: slack, emoji }, at);

const textOf = async (path: string, nth = 0): Promise<string> => (await browsers[nth]?.get(path))?.text() ?? '';

const pressed = async (nth: number) =>
  attributesOf(parsePage(await textOf('foundations/', nth)), '.ballot button', 'aria-pressed');

it('is offered on the page of the reading list', async () => {
  const page = parsePage(await textOf('foundations/saved.html'));
  expect(attributesOf(page, 'form.command.actions button', 'value')).toContain('link');
});

describe('a linked browser', () => {
  it('shows the vote of the other accounts as its own, and replaces it', async () => {
    await onSlack('+1', '2025-07-08T13:00:00.000Z');
    await linkAll();
    expect([await pressed(0), await pressed(1)]).toEqual([
      ['true', 'false'],
      ['true', 'false'],
    ]);
    expect(await vote('down')).toEqual({ count: { up: 0, down: 1 }, own: 'down' });
    await later();
    expect(await vote('up', 1)).toEqual({ count: { up: 1, down: 0 }, own: 'up' });
    expect(await pressed(0)).toEqual(['true', 'false']);
  });

  it('takes back the vote of another account, and can vote again', async () => {
    await onSlack('+1', '2025-07-08T13:00:00.000Z');
    await linkAll();
    expect(await vote('none')).toEqual({ count: { up: 0, down: 0 }, own: null });
    expect(reported).toEqual(['-👍']);
    expect(await vote('up')).toEqual({ count: { up: 1, down: 0 }, own: 'up' });
  });

  it('votes anew if its vote is older than one elsewhere', async () => {
    await linkAll();
    await vote('up');
    await later();
    await onSlack('-1');
    await later();
    expect(await vote('up')).toEqual({ count: { up: 1, down: 0 }, own: 'up' });
    expect(reported).toEqual(['+👍', '-👍', '+👍']);
  });

  it('counts once on every page and in every format, and nowhere once it is forgotten', async () => {
    await onSlack('+1', '2025-07-08T13:00:00.000Z');
    await vote('up', 0);
    await vote('up', 1);
    await web.stores.saved.add(slack, paper, now());
    await web.stores.readMarks.add(slack, paper, now());
    const votes = async (): Promise<unknown> => JSON.parse(await textOf('foundations/2025-07-08.json')).papers[0].votes;
    expect(await votes()).toEqual({ up: 3, down: 0 });
    await linkAll();
    expect(await votes()).toEqual({ up: 1, down: 0 });
    expect(await textOf('foundations/2025-07-08.md')).toContain('👍 1 · 👎 0');
    expect(await textOf('foundations/saved.bib', 1)).toContain(paper);
    expect(parsePage(await textOf('foundations/')).querySelector('.ballot .number')?.text).toBe('1');

    await web.stores.changes.forget(browsers[1]?.person() ?? '', now());
    expect(await votes()).toEqual({ up: 0, down: 0 });
    expect(await textOf('foundations/2025-07-08.md')).not.toContain('👍 1');
    for (const nth of [0, 1]) {
      expect(await textOf('foundations/saved.bib', nth)).not.toContain(paper);
      expect(await textOf('foundations/saved.html', nth)).toContain('Your reading list is empty.');
      expect(await pressed(nth)).toEqual(['false', 'false']);
    }
    const everywhere = [
      '',
      'foundations/',
      'foundations/2025-07-08.html',
      'foundations/2025-07.html',
      'foundations/feed.xml',
    ];
    for (const path of everywhere)
      expect(await textOf(path), path).not.toMatch(
        new RegExp([slack, browsers[0]?.person(), browsers[1]?.person()].join('|')),
      );
  });
});
