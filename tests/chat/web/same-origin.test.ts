import { describe, expect, it } from 'vitest';
import { createGuarded } from './guarded.ts';

const host = 'localhost:3210';

/** The status of a vote with these headers. */
const vote = async (headers: Record<string, string>, method = 'POST') => {
  const answer = await createGuarded().app.request('/vote', { method, headers: { host, ...headers } });
  return answer.status;
};

describe('a request that may change something', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }],
    [{ origin: 'http://localhost:3210' }],
    [{ origin: 'https://localhost:3210' }],
    [{ origin: 'http://LOCALHOST:3210' }],
    [{ origin: 'https://localhost', host: 'localhost' }],
    [{ origin: 'https://localhost', host: 'localhost:443' }],
  ])('passes with %o', async (headers) => {
    expect(await vote(headers)).toBe(200);
  });

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': '' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3210' }],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: 'file://' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://localhost' }],
    [{ origin: 'http://localhost:3211' }],
    [{ origin: 'http://localhost:3210.evil.example' }],
    [{ origin: 'http://localhost:3210@evil.example' }],
    [{ referer: 'http://localhost:3210/' }],
    [{ 'content-type': 'application/json' }],
  ])('is refused with %o', async (headers) => {
    expect(await vote(headers)).toBe(403);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('is refused with %s from other sites too', async (method) => {
    expect(await vote({ 'sec-fetch-site': 'cross-site' }, method)).toBe(403);
  });

  it('is refused with one sentence', async () => {
    const answer = await createGuarded().app.request('/vote', { method: 'POST', headers: { host } });
    expect(await answer.text()).toMatch(
      /^This request did not come from a page of this Paperboy, [^.]*\. Open the page and try there\.\n$/,
    );
  });

  it('passes with up to 160 KB', async () => {
    const { post } = createGuarded();
    expect((await post('/vote', { text: 'x'.repeat(160 * 1024 - 5) })).status).toBe(200);
    const long = await post('/vote', { text: 'x'.repeat(160 * 1024 - 4) });
    expect([long.status, await long.text()]).toEqual([413, 'This is too long. Send at most 160 KB.\n']);
  });
});

describe('a request that only reads', () => {
  it.each(['GET', 'HEAD'])('passes from anywhere with %s, so that links work', async (method) => {
    expect(await vote({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, method)).toBe(200);
  });
});
