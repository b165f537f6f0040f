import { request } from 'node:http';
import { expect, it } from 'vitest';
import { useSetupPages, words } from './served.ts';

const { serve, read } = useSetupPages();

const secret = 'correct horse battery';

/** The status of a request with another Host, which fetch cannot send. */
const statusAt = (url: string, host: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(`${url}-/setup/papers`, { headers: { host, accept: 'text/html', ...headers } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });

it('ignores forms of other websites', async () => {
  const { browser, get, send } = await (await serve()).person();
  await get('');
  const others: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'none' },
  ];
  for (const headers of others)
    for (const step of ['papers', 'preview', 'model', 'chat/slack', 'when', 'finish'])
      expect((await browser.post(`-/setup/${step}`, words('evil'), headers)).status).toBe(403);
  expect((await get('/papers')).html).not.toContain('evil');
  await send('papers', words('gear trains'));
  expect((await browser.post('-/setup/finish', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  await expect(read('config/paperboy.yaml')).rejects.toThrow('ENOENT');
});

it('answers only for this machine without a secret', async () => {
  const { url } = await serve();
  // A domain of an attacker may lead to this machine.
  expect(await statusAt(url, 'evil.example')).toBe(403);
  expect(await statusAt(url, 'localhost', { 'x-forwarded-for': '192.0.2.1' })).toBe(403);
  expect(await statusAt(url, 'localhost')).toBe(303);
});

it('needs the secret, and whoever sets up becomes an admin', async () => {
  const { url, person } = await serve({ secret });
  const stranger = await fetch(`${url}-/setup/papers`, { headers: { accept: 'text/html' }, redirect: 'manual' });
  expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?to=%2F-%2Fsetup%2Fpapers']);
  const { browser, get, send } = await person();
  await get('');
  await send('papers', words('gear trains'));
  await send('finish', {});
  expect(await read('config/paperboy.yaml')).toContain(`admins: [${browser.person()}]`);
});

it('lets only admins change a config', async () => {
  const { person } = await serve({ secret, isNew: false, isAdmin: () => false });
  const { browser, get, send } = await person();
  const refused = await get('');
  expect([refused.status, refused.text]).toEqual([
    403,
    expect.stringContaining(`Only admins may change the set-up. Ask your Paperboy admin to add ${browser.person()} to`),
  ]);
  expect((await send('finish', {})).status).toBe(403);
});

it('gives a browser without cookies a sentence instead of a loop', async () => {
  const { url } = await serve();
  const first = await fetch(`${url}-/setup?channel=a`, { headers: { accept: 'text/html' }, redirect: 'manual' });
  expect(first.headers.get('location')).toBe('/-/setup?channel=a&cookie=sent');
  const second = await fetch(`${url}-/setup?channel=a&cookie=sent`, { headers: { accept: 'text/html' } });
  expect([second.status, await second.text()]).toEqual([403, expect.stringContaining('Allow cookies')]);
});

it('keeps the drafts of two people apart', async () => {
  const { person } = await serve();
  const [one, other] = [await person(), await person()];
  await one.get('');
  await other.get('');
  await one.send('papers', words('gear trains'));
  expect((await other.get('/papers')).html).not.toContain('gear trains');
  expect((await one.get('/papers')).html).toContain('gear trains');
});
