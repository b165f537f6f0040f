import { describe, expect, it } from 'vitest';
import { createSteppingClock } from '../../fakes/clock.ts';
import { cookieOf, createGuarded, theSecret } from './guarded.ts';

const guarded = (clock = createSteppingClock('2025-07-08T12:00:00Z')) => createGuarded({ secret: theSecret, clock });

/** The data of the form. */
const formOf = async (answer: Response) => JSON.parse((await answer.text()).replace(/<\/?form>/g, ''));

describe('signing in', () => {
  it('shows the form with the page to return to', async () => {
    const answer = await guarded().get('/sign-in?to=/foundations/?a=1');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await formOf(answer)).toEqual({ to: '/foundations/?a=1' });
  });

  it('redirects with the secret, trimmed, to the page', async () => {
    const { post, seen } = guarded();
    const answer = await post('/sign-in', { secret: ` ${theSecret}\n`, to: '/foundations/2025-07-08.html' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/foundations/2025-07-08.html']);
    expect(await seen({ cookie: cookieOf(answer) })).toMatchObject({ mayRead: true, mayAct: true });
  });

  it.each(['wrong', '', theSecret.slice(1), `${theSecret}x`, theSecret.toUpperCase()])(
    'shows the form again for the secret %j, and signs nobody in',
    async (secret) => {
      const answer = await guarded().post('/sign-in', { secret, to: '/foundations/' });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(await formOf(answer)).toEqual({
        to: '/foundations/',
        problem: 'Wrong secret. Ask your Paperboy admin for the right one.',
      });
    },
  );

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\\\\evil.example',
    'https://evil.example/',
    'evil.example',
    'javascript:alert(1)',
    ' //evil.example',
    '/a\r\nset-cookie: x=y',
    '/a\\..\\b',
    '/é',
    '',
  ])('redirects to the first page instead of %j', async (to) => {
    const { post, get } = guarded();
    const answer = await post('/sign-in', { secret: theSecret, to });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(await formOf(await get(`/sign-in?to=${encodeURIComponent(to)}`))).toEqual({ to: '/' });
    const again = await get(`/sign-in?to=${encodeURIComponent(to)}`, { cookie: cookieOf(answer) });
    expect([again.status, again.headers.get('location')]).toEqual([303, '/']);
  });

  it.each([
    ['text/plain', `secret=${theSecret}`],
    ['application/json', JSON.stringify({ secret: theSecret })],
    ['multipart/form-data', 'no boundary'],
    ['application/x-www-form-urlencoded', ''],
  ])('finds no secret in a body of %s that is not its form', async (type, body) => {
    const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
    const answer = await guarded().app.request('/sign-in', { method: 'POST', body, headers });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
  });

  it('refuses a form from another website', async () => {
    const answer = await guarded().post(
      '/sign-in',
      { secret: theSecret },
      { headers: { 'sec-fetch-site': 'cross-site' } },
    );
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  });

  it('redirects a person who is signed in', async () => {
    const { get, signedIn } = guarded();
    const answer = await get('/sign-in?to=/foundations/', { cookie: await signedIn() });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/foundations/']);
  });

  it('does not exist without a secret', async () => {
    const { get, post } = createGuarded();
    for (const answer of [await get('/sign-in'), await post('/sign-in', { secret: '' })]) {
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('PAPERBOY_WEB_SECRET is not set');
    }
  });
});

describe('wrong attempts', () => {
  it('close the form after ten in a minute, with the time to wait', async () => {
    const clock = createSteppingClock('2025-07-08T12:00:00Z');
    const { post } = guarded(clock);
    const wrong = async () => (await post('/sign-in', { secret: 'wrong' })).status;
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await wrong()).toBe(401);
    clock.set('2025-07-08T12:00:20.500Z');
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await wrong()).toBe(401);
    const closed = await post('/sign-in', { secret: theSecret, to: '/a' });
    expect([closed.status, closed.headers.get('retry-after'), closed.headers.get('set-cookie')]).toEqual([
      429,
      '40',
      null,
    ]);
    expect(await formOf(closed)).toEqual({
      to: '/a',
      problem: 'Too many wrong attempts. Wait 40 seconds, then try again.',
    });
    clock.set('2025-07-08T12:00:59.100Z');
    expect(await formOf(await post('/sign-in', { secret: 'wrong' }))).toMatchObject({
      problem: 'Too many wrong attempts. Wait a second, then try again.',
    });
    // The first five no longer count; the later five do.
    clock.set('2025-07-08T12:01:00Z');
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await wrong()).toBe(401);
    expect(await wrong()).toBe(429);
  });

  it.each([
    ['203.0.113.9', '203.0.113.10'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8::7', '203.0.113.9'],
  ])('from %s do not close the form to %s', async (near, far) => {
    const { post } = guarded();
    for (let attempt = 0; attempt < 10; attempt += 1) await post('/sign-in', { secret: 'wrong' }, { from: near });
    expect((await post('/sign-in', { secret: theSecret }, { from: near })).status).toBe(429);
    expect((await post('/sign-in', { secret: theSecret }, { from: far })).status).toBe(303);
  });

  it.each(['x-forwarded-for', 'x-real-ip', 'forwarded', 'cf-connecting-ip', 'x-client-ip'])(
    'are not hidden by %s, which anybody can send',
    async (name) => {
      const { post } = guarded();
      const wrong = (from: string, number: number) =>
        post('/sign-in', { secret: 'wrong' }, { from, headers: { [name]: `198.51.100.${number}` } });
      for (const from of ['203.0.113.9', '127.0.0.1', '10.0.0.7', '::1', '::ffff:192.168.1.2']) {
        for (let number = 0; number < 10; number += 1) expect((await wrong(from, number)).status).toBe(401);
        expect((await wrong(from, 99)).status).toBe(429);
      }
    },
  );

  it('behind a proxy that the config names count for the address that it saw', async () => {
    const { post } = createGuarded({ secret: theSecret, trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'] });
    const attempt = (secret: string, from: string, passedOn: string) =>
      post('/sign-in', { secret }, { from, headers: { 'x-forwarded-for': passedOn } });
    // The first part comes from the visitor, who may write anything.
    for (let number = 0; number < 10; number += 1)
      expect((await attempt('wrong', '127.0.0.1', `198.51.100.${number}, 203.0.113.9`)).status).toBe(401);
    expect((await attempt(theSecret, '10.1.2.3', '203.0.113.9, 10.9.9.9')).status).toBe(429);
    expect((await attempt(theSecret, 'fd00::1', '203.0.113.9, ::ffff:10.9.9.9, nonsense')).status).toBe(303);
    expect((await attempt(theSecret, '10.1.2.3', '203.0.113.10')).status).toBe(303);
    expect((await attempt(theSecret, '203.0.113.9', '203.0.113.10')).status).toBe(429);
  });

  it('at an address do not close the form to a browser there that has signed in before', async () => {
    const { post } = guarded();
    const from = '203.0.113.9';
    const answer = await post('/sign-in', { secret: theSecret }, { from });
    const [, known = ''] = answer.headers.getSetCookie();
    expect(known).toMatch(/^paperboy-known=[^;]+; Max-Age=34560000; Path=\/sign-in; HttpOnly; SameSite=Strict$/);
    const [cookie = ''] = known.split(';');
    for (let number = 0; number < 10; number += 1) await post('/sign-in', { secret: 'wrong' }, { from });
    expect((await post('/sign-in', { secret: theSecret }, { from })).status).toBe(429);
    const again = await post('/sign-in', { secret: theSecret }, { from, cookie });
    expect(again.status).toBe(303);
    expect(again.headers.getSetCookie()).toHaveLength(1);
    // It has attempts of its own, not more of them.
    for (let number = 0; number < 10; number += 1) await post('/sign-in', { secret: 'wrong' }, { from, cookie });
    expect((await post('/sign-in', { secret: theSecret }, { from, cookie })).status).toBe(429);
    expect((await post('/sign-in', { secret: theSecret }, { from: '203.0.113.10' })).status).toBe(303);
  });

  it.each(['paperboy-known=made-up', `paperboy-known=${'A'.repeat(22)}.${'B'.repeat(43)}=`, 'paperboy-known='])(
    'with the cookie %s, which anybody can write, count for the address',
    async (cookie) => {
      const { post } = guarded();
      for (let number = 0; number < 10; number += 1) await post('/sign-in', { secret: 'wrong' }, { cookie });
      expect((await post('/sign-in', { secret: theSecret }, { cookie })).status).toBe(429);
    },
  );

  it('of one browser count together at all its addresses', async () => {
    const { post, signedIn } = guarded();
    const cookie = (await signedIn()).split('.')[0];
    for (let number = 0; number < 10; number += 1)
      await post('/sign-in', { secret: 'wrong' }, { from: `203.0.113.${number}`, cookie });
    expect((await post('/sign-in', { secret: theSecret }, { from: '203.0.113.99', cookie })).status).toBe(429);
    expect((await post('/sign-in', { secret: theSecret }, { from: '203.0.113.99' })).status).toBe(303);
  });

  it('do not affect people who are signed in or read with a bearer token', async () => {
    const { post, seen, signedIn } = guarded();
    const cookie = await signedIn();
    for (let attempt = 0; attempt < 12; attempt += 1) await post('/sign-in', { secret: 'wrong' });
    expect(await seen({ cookie })).toMatchObject({ mayAct: true });
    expect(await seen({ headers: { authorization: `Bearer ${theSecret}` } })).toMatchObject({ mayRead: true });
  });

  it('do not include right ones', async () => {
    const { post } = guarded();
    for (let attempt = 0; attempt < 12; attempt += 1)
      expect((await post('/sign-in', { secret: theSecret })).headers.get('location')).toBe('/');
  });
});

describe('signing out', () => {
  it('deletes the cookie and redirects to the first page', async () => {
    const { post, signedIn } = guarded();
    const answer = await post('/sign-out', {}, { cookie: await signedIn() });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(answer.headers.get('set-cookie')).toBe('paperboy=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
  });

  it('is refused from another website', async () => {
    const { post, get, signedIn } = guarded();
    const cookie = await signedIn();
    const forced = await post('/sign-out', {}, { cookie, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([forced.status, forced.headers.get('set-cookie')]).toEqual([403, null]);
    expect((await get('/sign-out', { cookie })).headers.get('set-cookie')).toBeNull();
  });
});
