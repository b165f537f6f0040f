import { afterEach, describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import type { CommandRequest } from '../../../src/core/platform.ts';
import { postDigest, startWeb, type Web, type WebOptions } from '../../fakes/web.ts';

const paper = '2507.00001';
const at = '2025-07-08T13:00:00.000Z';
const asScript = { accept: 'application/json' };

const open: Web[] = [];
afterEach(async () => {
  for (const web of open.splice(0)) await web.close();
});

/** A web whose command `save` and `unsave` change the list, unless it is broken. */
const setUp = async ({ isBroken = false, ...options }: WebOptions & { isBroken?: boolean } = {}) => {
  const web = await startWeb(options);
  open.push(web);
  await postDigest(web, [paper]);
  const commands: string[] = [];
  await web.platform.listen({
    async command({ text = '', person }: CommandRequest) {
      commands.push(text);
      const [word, id = ''] = text.split(' ');
      if (!isBroken && word === 'save') await web.stores.saved.add(person, id, at);
      if (!isBroken && word === 'unsave') await web.stores.saved.remove(person, id);
      return textMessage('Done.');
    },
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  });
  const visitor = await web.visitor();
  const mark = (fields: Record<string, string>, headers: Record<string, string> = asScript) =>
    visitor.post('foundations/marks', { paper, ...fields }, headers);
  return { web, commands, visitor, mark };
};

describe('marking a paper', () => {
  it('saves and removes it with the commands, once', async () => {
    const { commands, mark } = await setUp();
    expect(await (await mark({ save: 'yes' })).json()).toEqual({ isSaved: true, isRead: false });
    expect(await (await mark({ save: 'yes' })).json()).toEqual({ isSaved: true, isRead: false });
    expect(await (await mark({ save: 'no' })).json()).toEqual({ isSaved: false, isRead: false });
    expect(commands).toEqual([`save ${paper}`, `unsave ${paper}`]);
  });

  it('marks it as read and unread', async () => {
    const { mark } = await setUp();
    expect(await (await mark({ read: 'yes' })).json()).toEqual({ isSaved: false, isRead: true });
    expect(await (await mark({ read: 'no' })).json()).toEqual({ isSaved: false, isRead: false });
  });

  it('returns to the page without scripts', async () => {
    const { web, mark } = await setUp();
    const referer = `${web.url}foundations/2025-07-08.html?min=8`;
    const answer = await mark({ read: 'yes' }, { referer });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/foundations/2025-07-08.html?min=8']);
  });

  it('says so if the list did not change', async () => {
    const { mark } = await setUp({ isBroken: true });
    const answer = await mark({ save: 'yes' });
    expect([answer.status, await answer.text()]).toEqual([503, 'The reading list could not be changed. Try again.']);
  });

  it('refuses what is no paper, and readers without rights', async () => {
    const { mark } = await setUp();
    expect((await mark({ paper: 'nothing', save: 'yes' })).status).toBe(400);
    const { web } = await setUp({ secret: 'a secret for the page', publicReading: true });
    const headers = { origin: new URL(web.url).origin, 'content-type': 'application/x-www-form-urlencoded' };
    const body = `paper=${paper}&save=yes`;
    expect((await fetch(`${web.url}foundations/marks`, { method: 'POST', headers, body })).status).toBe(401);
    expect((await fetch(`${web.url}foundations/saved.html`)).status).toBe(401);
  });
});

describe('a reading list', () => {
  it('is a page and three files of the reader alone, and can be searched', async () => {
    const { web, visitor, mark } = await setUp();
    await mark({ save: 'yes' });
    const text = async (path: string) => (await visitor.get(path)).text();
    expect(await text('foundations/saved.html')).toContain('Title of 2507.00001');
    expect(await text('foundations/saved.html?q=title+ada')).toContain('Title of 2507.00001');
    expect(await text('foundations/saved.html?q=nowhere')).toContain('No saved paper contains these words.');
    expect(await text('foundations/saved.bib')).toMatch(/^@misc\{first2025title,/);
    expect(await text('foundations/saved.ris')).toMatch(/^TY {2}- UNPB\r\n/);
    expect(JSON.parse(await text('foundations/saved.json'))).toMatchObject([{ number: 'arXiv:2507.00001' }]);
    expect(await text('foundations/saved.bib?q=nowhere')).toBe('');
    const other = await web.visitor();
    expect(await (await other.get('foundations/saved.html')).text()).toContain('Your reading list is empty.');
  });
});
