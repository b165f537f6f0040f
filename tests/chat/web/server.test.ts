import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startWebServer } from '../../../src/chat/web/server.ts';
import { ExternalError, UserError } from '../../../src/core/errors.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { findSent } from '../../fakes/find-sent.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { createWeb, destination, startWeb } from '../../fakes/web.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('the web server', () => {
  it('serves at a free port until it closes', async () => {
    const web = await startWeb();
    expect(web.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(web.url)).text()).toContain('foundations');
    await web.close();
    await expect(fetch(web.url)).rejects.toThrow();
  });

  it('closes while pages are open', async () => {
    const web = await startWeb();
    const page = await (await web.visitor()).follow('foundations/live');
    await expect.poll(() => page.states).toHaveLength(1);
    await web.close();
    await page.leave();
    expect(web.parts.watches.size()).toBe(0);
  });

  it('says what to do if another process has the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const web = createWeb();
    open.push(other, web);
    const error = await startWebServer({ host: '127.0.0.1', port }, web.parts).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('PAPERBOY_HTTP') });
  });
});

describe('the web page as a platform', () => {
  it('resolves only the destinations of channels', async () => {
    const web = createWeb();
    open.push(web);
    expect(await web.platform.resolve('web:foundations')).toBe('web:foundations');
    for (const address of ['web', 'web:', 'web:a b', 'web:../a', 'slack:C1', ''])
      await expect(web.platform.resolve(address)).rejects.toThrow(UserError);
  });

  it('stores and lists votes on a digest of an earlier version, which has no messages', async () => {
    const web = createWeb();
    open.push(web);
    const { outbox } = web.stores;
    const digest = await saveDigest(web.stores, [paperOf('2507.00001')]);
    await outbox.enqueue(digest, [destination]);
    const [thread, paper] = (await outbox.list(digest.digestId, destination)).map(({ deliveryId, key }) => {
      return { deliveryId, ref: { destination, messageId: key } };
    });
    if (!thread || !paper) throw new Error('nothing to send');
    for (const { deliveryId, ref } of [thread, paper]) await outbox.sent(deliveryId, ref, Date.now());
    const vote = { message: paper.ref, person: 'web:local:ada', emoji: '👍' };
    await web.platform.vote(paper.ref, vote.person, 'up');
    expect(await web.platform.reactions(thread.ref)).toEqual([vote]);
    await web.platform.vote(paper.ref, vote.person, undefined);
    expect(await web.platform.reactions(thread.ref)).toEqual([]);
  });

  it('neither votes on nor finds messages of another destination or thread', async () => {
    const web = createWeb();
    open.push(web);
    const { messageId } = await web.platform.send({
      destination,
      message: { summary: '', blocks: [] },
      key: 'k',
    });
    const elsewhere = { destination: 'web:reading', messageId };
    await expect(web.platform.vote(elsewhere, 'web:local:ada', 'up')).rejects.toThrow(UserError);
    const found = { key: 'k', since: 0 };
    expect(await findSent(web.platform, { ...found, destination })).toEqual({ destination, messageId });
    for (const where of [{ destination: 'web:reading' }, { destination, thread: { destination, messageId } }])
      expect(await findSent(web.platform, { ...found, ...where })).toBeUndefined();
  });
});
