import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parse, serialize } from 'hono/utils/cookie';
import type { Person } from '../../core/addresses.ts';
import type { Secret } from '../../core/secret.ts';

const cookieName = 'paperboy';

/** The longest that a browser keeps a cookie: RFC 6265bis, 5.5. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** What a browser shows of who it is: a random token of 256 bits, and what proves that it has signed in. */
export type Identity = { token: string; signature: string | undefined };

/** Bytes of a token. */
export const tokenBytes = 32;

const digestOf = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** Compares without telling by its time how much of a guess is right, nor how long the right text is. */
export const isSame = (given: string | Buffer, expected: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(expected));

/** A name of a text that says nothing about it. */
export const nameOf = (text: string): string => digestOf(text).toString('base64');

/** The person behind a token. The token does not follow from the address, which may be shown. */
export const personOf = ({ token }: Identity): Person => `web:local:${digestOf(token).toString('hex').slice(0, 16)}`;

/** What proves that the holder of a token has shown the secret: HMAC-SHA256. */
export const signatureOf = (token: string, secret: Secret): string =>
  createHmac('sha256', secret.reveal()).update(token).digest('base64url');

/** The identity that a request carries; undefined where there is none or it has another form. */
export const identityOf = (request: Request): Identity | undefined => {
  const value = parse(request.headers.get('cookie') ?? '', cookieName)[cookieName] ?? '';
  const [, token, signature] = /^([\w-]{43})(?:\.([\w-]{43}))?$/.exec(value) ?? [];
  return token === undefined ? undefined : { token, signature };
};

const isOverHttps = (request: Request): boolean =>
  new URL(request.url).protocol === 'https:' ||
  /^\s*https\s*(?:,|$)/i.test(request.headers.get('x-forwarded-proto') ?? '');

/** The value of Set-Cookie that gives a browser an identity, or, where there is none, takes it away. */
export const identityCookie = (request: Request, identity: Identity | undefined): string => {
  const value = identity ? [identity.token, identity.signature].filter(Boolean).join('.') : '';
  return serialize(cookieName, value, {
    path: '/',
    httpOnly: true,
    // Lax and not Strict: links from chat must find the person.
    sameSite: 'Lax',
    maxAge: identity ? maxAgeSeconds : 0,
    secure: isOverHttps(request),
  });
};
