import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse, serialize } from 'hono/utils/cookie';
import type { Person } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { isLoopback } from '../../core/http.ts';
import type { Secret } from '../../core/secret.ts';
import type { Reader } from '../../core/site.ts';
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

const nameOf = (text: string): string => digestOf(text).toString('base64');

/** The address may be public, because the token cannot be derived from it. */
export const personOf = ({ token }: Identity): Person => `web:local:${digestOf(token).toString('hex').slice(0, 16)}`;

/** Proves that the holder of a token has entered the secret: HMAC-SHA256. */
const signatureOf = (token: string, secret: Secret): string =>
  createHmac('sha256', secret.reveal()).update(token).digest('base64url');

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

const maxWrong = 10;
const windowMs = 60_000;

type Guesses = {
  secondsToWait(): number;
  /** A guess with a name counts only once in a window, because repeating it reveals nothing. */
  wrong(name?: string): void;
};

const createGuesses = (clock: Pick<Clock, 'monotonic'>): Guesses => {
  let counted: { at: number; name: string | undefined }[] = [];
  const recent = () => {
    const now = clock.monotonic();
    counted = counted.filter(({ at }) => now - at < windowMs);
    return counted;
  };
  return {
    secondsToWait: () => {
      const first = recent().at(-maxWrong);
      return first ? Math.ceil((first.at + windowMs - clock.monotonic()) / 1000) : 0;
    },
    wrong: (name) => {
      if (name !== undefined && recent().some((one) => one.name === name)) return;
      counted.push({ at: clock.monotonic(), name });
    },
  };
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
  | { kind: 'signed in'; cookie: string }
  | { kind: 'wrong' }
  /** Unchecked because of too many wrong guesses. */
  | { kind: 'wait'; seconds: number };

export type Access = {
  hasSecret: boolean;
  of(request: Request): Visitor;
  setCookie(visitor: Visitor, request: Request): string | undefined;
  /** A browser that already has an identity remains the same person. */
  signIn(request: Request, given: string): SignIn;
  signOut(request: Request): string;
  refusal(visitor: Visitor, request: Request): Response;
};

export type AccessParts = {
  secret: Secret | undefined;
  publicReading: boolean;
  isLoopback: boolean;
  clock: Pick<Clock, 'monotonic'>;
  random?: (bytes: number) => Buffer;
};

/** Remembers valid signatures and bearer tokens, so that wrong guesses by others lock nobody out. */
const maxRemembered = 1_000;

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
  const { secret, publicReading, clock, random = randomBytes } = parts;
  // Separate, so that a feed reader with an old token locks nobody out of the form.
  const formGuesses = createGuesses(clock);
  const bearerGuesses = createGuesses(clock);
  const cookieGuesses = createGuesses(clock);
  const remembered = new Set<string>();

  const remember = (name: string): void => {
    const [oldest] = remembered;
    if (remembered.size >= maxRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.add(name);
  };

  const signed = (identity: Identity, by: Secret): Identity => {
    const signature = signatureOf(identity.token, by);
    remember(nameOf(`${identity.token}.${signature}`));
    return { ...identity, signature };
  };

  /** A forged signature is a guess at the secret, so it counts too. */
  const isSignedIn = ({ token, signature }: Identity, by: Secret): boolean => {
    if (signature === undefined) return false;
    const name = nameOf(`${token}.${signature}`);
    if (remembered.has(name)) return true;
    if (cookieGuesses.secondsToWait() > 0) return false;
    const isRight = isSame(signature, signatureOf(token, by));
    if (isRight) remember(name);
    else cookieGuesses.wrong(name);
    return isRight;
  };

  const showsSecret = (request: Request, expected: Secret): boolean => {
    const token = bearerOf(request);
    if (!token) return false;
    const name = nameOf(`bearer ${token.toString('latin1')}`);
    if (remembered.has(name)) return true;
    if (bearerGuesses.secondsToWait() > 0) return false;
    const isRight = isSame(token, expected.reveal());
    if (isRight) remember(name);
    else bearerGuesses.wrong(name);
    return isRight;
  };

  const newIdentity = (): Identity => ({ token: random(tokenBytes).toString('base64url'), signature: undefined });

  return {
    hasSecret: secret !== undefined,

    of: (request) => {
      const identity = identityOf(request);
      const mayAct = secret
        ? identity !== undefined && isSignedIn(identity, secret)
        : parts.isLoopback && isAskedLocally(request);
      const mayRead = publicReading || mayAct || (secret !== undefined && showsSecret(request, secret));
      return { mayRead, mayAct, person: identity && personOf(identity) };
    },

    setCookie: (visitor, request) =>
      visitor.mayAct && visitor.person === undefined ? identityCookie(request, newIdentity()) : undefined,

    signIn: (request, given) => {
      const seconds = formGuesses.secondsToWait();
      if (seconds > 0) return { kind: 'wait', seconds };
      if (secret && isSame(given.trim(), secret.reveal()))
        return {
          kind: 'signed in',
          cookie: identityCookie(request, signed(identityOf(request) ?? newIdentity(), secret)),
        };
      formGuesses.wrong();
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
