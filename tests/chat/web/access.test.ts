import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { cookieOf, createGuarded, theSecret } from './guarded.ts';

const nothing = { mayRead: false, mayAct: false };
const reading = { mayRead: true, mayAct: false };
const all = { mayRead: true, mayAct: true };

describe('without a secret', () => {
  it.each(['localhost:3210', 'localhost', 'LOCALHOST:80', '127.0.0.1:3210', '127.8.9.10', '[::1]:3210'])(
    'lets this machine read and act at %s',
    async (host) => {
      expect(await createGuarded().seen({ host })).toEqual(all);
    },
  );

  it.each([
    'evil.example:3210',
    'localhost.evil.example',
    '127.0.0.1.evil.example:3210',
    'evil-localhost',
    '192.168.1.5:3210',
    '0.0.0.0:3210',
    'evil.example@localhost',
    'localhost/evil',
    '[::2]',
    'localhost:x',
  ])('gives nothing to a website that points %s at this machine', async (host) => {
    const { seen, post } = createGuarded();
    expect(await seen({ host })).toEqual(nothing);
    expect((await post('/vote', {}, { host })).status).toBe(403);
  });

  it.each(['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded'])(
    'gives nothing to a request that a proxy passed on with %s',
    async (name) => {
      expect(await createGuarded().seen({ headers: { [name]: 'somebody' } })).toEqual(nothing);
    },
  );

  it.each(['localhost:3210', '127.0.0.1:3210', 'evil.example:3210'])(
    'shows nothing at %s if the server listens to other machines',
    async (host) => {
      expect(await createGuarded({ isLoopback: false }).seen({ host })).toEqual(nothing);
    },
  );

  it('lets everybody read and only this machine act if reading is public', async () => {
    const here = createGuarded({ publicReading: true });
    expect(await here.seen()).toEqual(all);
    expect(await here.seen({ host: 'evil.example:3210' })).toEqual(reading);
    const everywhere = createGuarded({ publicReading: true, isLoopback: false });
    expect(await everywhere.seen({ host: 'papers.example' })).toEqual(reading);
    expect((await everywhere.post('/vote', {})).status).toBe(403);
  });

  it('says what to set', async () => {
    const refused = await createGuarded().get('/', { host: 'evil.example', headers: { accept: 'text/html' } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await refused.text()).toBe(
      'This page can be read only on the machine that runs Paperboy. Your Paperboy admin can set PAPERBOY_WEB_SECRET to let people sign in, or web.publicReading: true in the config file to let everybody read.\n',
    );
    const open = await createGuarded({ isLoopback: false }).get();
    expect(await open.text()).toContain('Other machines can reach this page and it has no secret, so it shows nothing');
    const vote = await createGuarded({ isLoopback: false, publicReading: true }).post('/vote', {});
    expect(await vote.text()).toMatch(
      /accepts no votes or commands\. .*PAPERBOY_WEB_SECRET to let people sign in\.\n$/,
    );
  });
});

describe('with a secret', () => {
  const guarded = () => createGuarded({ secret: theSecret });

  it.each([true, false])(
    'lets nobody read or act without it, even on this machine (loopback: %s)',
    async (isLoopback) => {
      const { seen, post } = createGuarded({ secret: theSecret, isLoopback });
      expect(await seen()).toEqual(nothing);
      expect(await seen({ host: 'papers.example' })).toEqual(nothing);
      expect((await post('/vote', {})).status).toBe(401);
    },
  );

  it('lets a signed-in person read and act at any name of the server', async () => {
    const { seen, signedIn, post } = createGuarded({ secret: theSecret, isLoopback: false });
    const cookie = await signedIn({ host: 'papers.example' });
    expect(await seen({ cookie, host: 'papers.example' })).toMatchObject(all);
    expect((await post('/vote', {}, { cookie, host: 'papers.example' })).status).toBe(200);
  });

  it('redirects browsers to the form, with the page to return to', async () => {
    const answer = await guarded().get('/foundations/?a=1&b=%2F', { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/sign-in?to=%2Ffoundations%2F%3Fa%3D1%26b%3D%252F',
    ]);
  });

  it('tells programs how to send it', async () => {
    const answer = await guarded().get('/foundations/feed.xml', { headers: { accept: 'application/atom+xml' } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.text()).toContain('bearer token');
    const vote = await createGuarded({ secret: theSecret, publicReading: true }).post('/vote', {});
    expect([vote.status, await vote.text()]).toEqual([
      401,
      'Sign in at /sign-in first. Votes and commands need the secret of this Paperboy.\n',
    ]);
  });

  it('lets a bearer token read but never act', async () => {
    const { seen, post } = guarded();
    const headers = { authorization: `Bearer ${theSecret}` };
    expect(await seen({ headers })).toEqual(reading);
    expect((await post('/vote', {}, { headers })).status).toBe(401);
    for (const wrong of [`Bearer ${theSecret}x`, 'Bearer', 'Bearer ', `Basic ${theSecret}`, theSecret])
      expect(await seen({ headers: { authorization: wrong } })).toEqual(nothing);
  });

  it('accepts a bearer token with other characters than ASCII', async () => {
    const secret = 'Schlüssel für alle';
    const sent = Buffer.from(secret).toString('latin1');
    expect(await createGuarded({ secret }).seen({ headers: { authorization: `Bearer ${sent}` } })).toEqual(reading);
  });

  it("ignores a cookie that is forged, cut or another person's", async () => {
    const { seen, signedIn } = guarded();
    const [first, second] = [await signedIn(), await signedIn()];
    const [token = '', signature = ''] = first.slice('paperboy='.length).split('.');
    const [, others = ''] = second.split('.');
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const value of [
      token,
      `${token}.`,
      `${token}.${signature.slice(0, -1)}`,
      `${token}.${flipped}`,
      `${token}.${others}`,
      `${token}.${token}`,
      `${token.slice(1)}.${signature}`,
      `.${signature}`,
      `${token}.${signature}.${signature}`,
    ])
      expect(await seen({ cookie: `paperboy=${value}` }), value).toMatchObject(nothing);
    expect(await seen({ cookie: first })).toMatchObject(all);
  });

  it('signs everybody out if the secret changes, and keeps their identities', async () => {
    const before = guarded();
    const cookie = await before.signedIn();
    const { person } = await before.seen({ cookie });
    const after = createGuarded({ secret: 'another secret' });
    expect(await after.seen({ cookie })).toEqual(nothing);
    expect(await after.seen({ cookie: await after.signedIn({ cookie }) })).toEqual({ ...all, person });
  });

  it('signs nobody out on a restart', async () => {
    const cookie = await guarded().signedIn();
    expect(await guarded().seen({ cookie })).toMatchObject(all);
  });
});

describe('guesses at the secret', () => {
  const wrongBearer = (number: number, from: string) => ({
    headers: { authorization: `Bearer guess number ${number}` },
    from,
  });
  const right = { headers: { authorization: `Bearer ${theSecret}` } };

  it('with bearer tokens are limited to ten a minute at an address, and nowhere else', async () => {
    const clock = createSteppingClock('2025-07-08T12:00:00Z');
    const { seen } = createGuarded({ secret: theSecret, clock });
    const [near, far] = ['203.0.113.9', '203.0.113.10'];
    for (let number = 0; number < 10; number += 1) await seen(wrongBearer(number, near));
    expect(await seen({ ...right, from: near })).toEqual(nothing);
    expect(await seen({ ...right, from: far })).toEqual(reading);
    clock.set('2025-07-08T12:00:59.999Z');
    expect(await seen({ ...right, from: near })).toEqual(nothing);
    clock.set('2025-07-08T12:01:00Z');
    expect(await seen({ ...right, from: near })).toEqual(reading);
  });

  it('cannot go on because the right token was used before', async () => {
    const { seen } = createGuarded({ secret: theSecret });
    const from = '203.0.113.9';
    expect(await seen({ ...right, from })).toEqual(reading);
    for (let number = 0; number < 10; number += 1) await seen(wrongBearer(number, from));
    expect(await seen({ ...right, from })).toEqual(nothing);
  });

  it('count once if a reader repeats an old token', async () => {
    const { seen } = createGuarded({ secret: theSecret });
    for (let attempt = 0; attempt < 30; attempt += 1) await seen(wrongBearer(1, '203.0.113.9'));
    expect(await seen({ ...right, from: '203.0.113.9' })).toEqual(reading);
  });

  it('cannot be made with cookies, and sign nobody out', async () => {
    const cookie = await createGuarded({ secret: theSecret }).signedIn();
    const { seen } = createGuarded({ secret: theSecret });
    const [token] = cookie.slice('paperboy='.length).split('.');
    for (let number = 0; number < 30; number += 1)
      expect(await seen({ cookie: `paperboy=${token}.${String(number).padStart(43, 'A')}` })).toMatchObject(nothing);
    expect(await seen({ cookie })).toMatchObject(all);
  });

  it('cannot be checked against a cookie without the key', async () => {
    const cookie = await createGuarded({ secret: theSecret }).signedIn();
    const other = createGuarded({ secret: theSecret, signingKey: new Secret('another key') });
    expect(await other.seen({ cookie })).toEqual(nothing);
  });
});

describe('the identity of a browser', () => {
  it('is a random cookie that no script reads, for 400 days', async () => {
    const random = (bytes: number) => Buffer.alloc(bytes, 7);
    const { get } = createGuarded({ random });
    const token = Buffer.alloc(32, 7).toString('base64url');
    expect((await get()).headers.get('set-cookie')).toBe(
      `paperboy=${token}; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax`,
    );
  });

  it('is set once per browser, and its hash identifies the person', async () => {
    const { get, seen } = createGuarded();
    const cookie = cookieOf(await get());
    const other = cookieOf(await get());
    const token = cookie?.slice('paperboy='.length) ?? '';
    const hash = createHash('sha256').update(token).digest('hex');
    expect(await seen({ cookie })).toEqual({ ...all, person: `web:local:${hash.slice(0, 16)}` });
    expect((await get('/', { cookie })).headers.get('set-cookie')).toBeNull();
    expect((await seen({ cookie: other })).person).not.toBe((await seen({ cookie })).person);
    expect((await seen({ cookie: `a=b; ${cookie}; c=d` })).person).toBe((await seen({ cookie })).person);
  });

  it.each(['', 'x', 'web:local:0123456789abcdef', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}%00`])(
    'is not read from a malformed cookie: %j',
    async (value) => {
      expect((await createGuarded().seen({ cookie: `paperboy=${value}` })).person).toBeUndefined();
    },
  );

  it('is not set for people who may only read', async () => {
    const { get } = createGuarded({ publicReading: true });
    expect((await get('/', { host: 'papers.example' })).headers.get('set-cookie')).toBeNull();
  });

  it.each([
    ['https', true],
    ['https, http', true],
    ['HTTPS', true],
    ['http', false],
    ['http, https', false],
    ['httpsx', false],
  ])('is limited to HTTPS if a proxy reports %s: %s', async (proto, isSecure) => {
    const { post } = createGuarded({ secret: theSecret });
    const answer = await post('/sign-in', { secret: theSecret }, { headers: { 'x-forwarded-proto': proto } });
    expect(answer.headers.get('set-cookie')?.includes('; Secure')).toBe(isSecure);
  });
});
