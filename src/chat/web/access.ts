import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { parse, serialize } from 'hono/utils/cookie';
import type { Person } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { createGuesses } from '../../core/guesses.ts';
import { isLoopback } from '../../core/http.ts';
import type { Secret } from '../../core/secret.ts';
import type { SharedMemory } from '../../core/shared-memory.ts';
import type { Reader } from '../../core/site.ts';
import type { ClientAddress } from './client-address.ts';
import { knownBrowser, rememberBrowser } from './known-browser.ts';
import { wantsPage } from './problems.ts';

const cookieName = 'paperboy';

/** The maximum cookie age that browsers allow: RFC 6265bis, 5.5. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** A browser's identity: a random token of 256 bits, and a signature if it has signed in. */
type Identity = { token: string; signature: string | undefined };

const tokenBytes = 32;

const digestOf = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** Takes the same time for every guess. */
const isSame = (given: string | Buffer, expected: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(expected));

/** The address may be public, because the token cannot be derived from it. */
export const personOf = ({ token }: Identity): Person => `web:local:${digestOf(token).toString('hex').slice(0, 16)}`;

/**
 * Proves that the holder of a token has entered the secret: HMAC-SHA256. Depends on the secret, so that a new one ends
 * all sessions, and on a random key, so that nobody can try secrets on a cookie.
 */
const signatureOf = (token: string, secret: Secret, key: Secret): string => {
  const sessions = createHmac('sha256', key.reveal()).update(secret.reveal()).digest();
  return createHmac('sha256', sessions).update(token).digest('base64url');
};

/** Undefined if the cookie is missing or malformed. */
export const identityOf = (request: Request): Identity | undefined => {
  const value = parse(request.headers.get('cookie') ?? '', cookieName)[cookieName] ?? '';
  const [, token, signature] = /^([\w-]{43})(?:\.([\w-]{43}))?$/.exec(value) ?? [];
  return token === undefined ? undefined : { token, signature };
};

const isOverHttps = (request: Request): boolean =>
  new URL(request.url).protocol === 'https:' ||
  /^\s*https\s*(?:,|$)/i.test(request.headers.get('x-forwarded-proto') ?? '');

/** The Set-Cookie value that gives a browser an identity, or removes it if undefined. */
const identityCookie = (request: Request, identity: Identity | undefined): string => {
  const value = identity ? [identity.token, identity.signature].filter(Boolean).join('.') : '';
  return serialize(cookieName, value, {
    path: '/',
    httpOnly: true,
    // Not Strict, because people arrive by links from chat.
    sameSite: 'Lax',
    maxAge: identity ? maxAgeSeconds : 0,
    secure: isOverHttps(request),
  });
};

type Case = {
  hasSecret: boolean;
  isLoopback: boolean;
  mayRead: boolean;
};

const answer = (status: number, text: string, headers: Record<string, string>): Response =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });

const withoutSecret = ({ isLoopback, mayRead }: Case): string => {
  const here = isLoopback
    ? `${mayRead ? 'Votes and commands work' : 'This page can be read'} only on the machine that runs Paperboy`
    : `Other machines can reach this page and it has no secret, so it ${mayRead ? 'accepts no votes or commands' : 'shows nothing'}`;
  const reading = mayRead ? '' : ', or web.publicReading: true in the config file to let everybody read';
  return `${here}. Your Paperboy admin can set PAPERBOY_WEB_SECRET to let people sign in${reading}.\n`;
};

const isPage = (request: Request): boolean => /^(?:GET|HEAD)$/.test(request.method) && wantsPage(request);

/** Redirects a browser to the sign-in form. Other clients get text; without a secret, all clients do. */
const refusalOf = (found: Case, request: Request): Response => {
  if (!found.hasSecret) return answer(403, withoutSecret(found), {});
  if (isPage(request)) {
    const { pathname, search } = new URL(request.url);
    return answer(303, '', { location: `/sign-in?to=${encodeURIComponent(pathname + search)}` });
  }
  const how = found.mayRead
    ? 'Sign in at /sign-in first. Votes and commands need the secret of this Paperboy.'
    : 'Sign in at /sign-in first. To read only, you can send the secret of this Paperboy as a bearer token.';
  return answer(401, `${how}\n`, { 'www-authenticate': 'Bearer' });
};

type Visitor = {
  mayRead: boolean;
  mayAct: boolean;
  /** Undefined until the browser has an identity; see `setCookie`. */
  person: Person | undefined;
};

type SignIn =
  | { kind: 'signed in' }
  | { kind: 'wrong' }
  /** Unchecked because of too many wrong guesses. */
  | { kind: 'wait'; seconds: number };

export type Access = {
  hasSecret: boolean;
  of(context: Context): Visitor;
  /** Identifies the address of a visitor, for limits. */
  addressOf(context: Context): string;
  setCookie(visitor: Visitor, request: Request): string | undefined;
  /** Sets the cookies. A browser that already has an identity remains the same person. */
  signIn(context: Context, given: string): Promise<SignIn>;
  signOut(request: Request): string;
  refusal(visitor: Visitor, request: Request): Response;
};

export type AccessParts = {
  secret: Secret | undefined;
  /** Signs the cookies of people who are signed in. */
  signingKey: Secret;
  /** Signs the cookies of browsers that have signed in before. */
  knownKey: Secret;
  publicReading: boolean;
  isLoopback: boolean;
  clientAddress: ClientAddress;
  clock: Pick<Clock, 'monotonic'>;
  memory?: Pick<SharedMemory, 'put' | 'list'> | undefined;
  random?: (bytes: number) => Buffer;
};

const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** True if the request uses this machine's own address, which no other website does. */
const isAskedLocally = (request: Request): boolean => {
  if (proxyHeaders.some((name) => request.headers.has(name))) return false;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`));
};

/** Compared as bytes, because headers are bytes and a secret may contain non-ASCII characters. */
const bearerOf = (request: Request): Buffer | undefined => {
  const [, token] = /^Bearer +(\S.*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return token === undefined ? undefined : Buffer.from(token.trim(), 'latin1');
};

export const createAccess = (parts: AccessParts): Access => {
  const { secret, signingKey, knownKey, publicReading, clientAddress, clock, memory, random = randomBytes } = parts;
  // Separate, so that a feed reader with an old token locks nobody at its address out of the form.
  const formGuesses = createGuesses(clock, memory && { memory, kind: 'sign-in guess' });
  const bearerGuesses = createGuesses(clock);

  const isSignedIn = ({ token, signature }: Identity, by: Secret): boolean =>
    signature !== undefined && isSame(signature, signatureOf(token, by, signingKey));

  const showsSecret = (context: Context, expected: Secret): boolean => {
    const token = bearerOf(context.req.raw);
    if (!token) return false;
    const guessers = [clientAddress(context)];
    if (bearerGuesses.secondsToWait(guessers) > 0) return false;
    const isRight = isSame(token, expected.reveal());
    if (!isRight) bearerGuesses.wrong(guessers, digestOf(token).toString('base64'));
    return isRight;
  };

  const newIdentity = (): Identity => ({ token: random(tokenBytes).toString('base64url'), signature: undefined });

  return {
    hasSecret: secret !== undefined,

    of(context) {
      const request = context.req.raw;
      const identity = identityOf(request);
      const mayAct = secret
        ? identity !== undefined && isSignedIn(identity, secret)
        : parts.isLoopback && isAskedLocally(request);
      const mayRead = publicReading || mayAct || (secret !== undefined && showsSecret(context, secret));
      return { mayRead, mayAct, person: identity && personOf(identity) };
    },

    addressOf: clientAddress,

    setCookie: (visitor, request) =>
      visitor.mayAct && visitor.person === undefined ? identityCookie(request, newIdentity()) : undefined,

    async signIn(context, given) {
      const request = context.req.raw;
      const identity = identityOf(request);
      const known = await knownBrowser(context, knownKey);
      // A browser that changes its address stays the same guesser.
      const guessers = known ? [known] : [clientAddress(context), ...(identity ? [personOf(identity)] : [])];
      const seconds = await formGuesses.secondsToWaitAnywhere(guessers);
      if (seconds > 0) return { kind: 'wait', seconds };
      if (secret && isSame(given.trim(), secret.reveal())) {
        const { token } = identity ?? newIdentity();
        const signature = signatureOf(token, secret, signingKey);
        context.header('set-cookie', identityCookie(request, { token, signature }));
        const secure = isOverHttps(request);
        if (!known) await rememberBrowser(context, knownKey, { maxAge: maxAgeSeconds, secure });
        return { kind: 'signed in' };
      }
      formGuesses.wrong(guessers);
      return { kind: 'wrong' };
    },

    signOut: (request) => identityCookie(request, undefined),

    refusal: (visitor, request) =>
      refusalOf({ hasSecret: secret !== undefined, isLoopback: parts.isLoopback, mayRead: visitor.mayRead }, request),
  };
};

/** Represents visitors without an identity: a person without votes. */
const newcomer: Person = 'web:local:newcomer';

export const readerOf = (visitor: Visitor, { hasSecret }: Access, request: Request): Reader => {
  if (visitor.mayAct) return { person: visitor.person ?? newcomer, isSignedIn: hasSecret };
  const { pathname, search } = new URL(request.url);
  const to = encodeURIComponent(pathname + search);
  return { person: undefined, signIn: hasSecret ? `/sign-in?to=${to}` : undefined };
};
