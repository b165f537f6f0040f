import { randomBytes } from 'node:crypto';
import type { Person } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { isLoopback } from '../../core/http.ts';
import type { Secret } from '../../core/secret.ts';
import {
  type Identity,
  identityCookie,
  identityOf,
  isSame,
  nameOf,
  personOf,
  signatureOf,
  tokenBytes,
} from './identity.ts';
import { refusalOf } from './refusal.ts';
import { createTries } from './tries.ts';

/** Who asks, and what they may do. */
export type Visitor = {
  mayRead: boolean;
  /** May vote and ask commands. */
  mayAct: boolean;
  /** Undefined until the browser has an identity, which `setCookie` gives it. */
  person: Person | undefined;
};

/** How trying to sign in went. */
export type SignIn =
  | { kind: 'signed in'; cookie: string }
  | { kind: 'wrong' }
  /** Too many wrong tries were made; this one was not looked at. */
  | { kind: 'wait'; seconds: number };

/** The guard of the web page. */
export type Access = {
  /** False where nobody signs in, since there is no secret. */
  hasSecret: boolean;
  of(request: Request): Visitor;
  /** The value of Set-Cookie for a visitor who may act and is no person yet; undefined for any other. */
  setCookie(visitor: Visitor, request: Request): string | undefined;
  /** Tries a secret. A browser that had an identity before stays the same person. */
  signIn(request: Request, given: string): SignIn;
  /** The value of Set-Cookie that makes a browser forget who it is. */
  signOut(request: Request): string;
  /** The answer to a request that the visitor may not make. */
  refusal(visitor: Visitor, request: Request): Response;
};

export type AccessParts = {
  secret: Secret | undefined;
  /** Whoever reaches the page may read it. */
  publicReading: boolean;
  /** The server listens at a loopback address alone. */
  isLoopback: boolean;
  clock: Pick<Clock, 'monotonic'>;
  /** Bytes that nobody can guess. */
  random?: (bytes: number) => Buffer;
};

/** Signed identities and bearer tokens that are known to be right: who guesses beside them shuts nobody out. */
const maxRemembered = 1_000;

/** Headers of requests that a proxy passed on from somebody else. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** True where the address that was asked for is this machine's own, which no name of a foreign website is. */
const isAskedLocally = (request: Request): boolean => {
  if (proxyHeaders.some((name) => request.headers.has(name))) return false;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`));
};

/** Headers come byte by byte; a secret beyond ASCII is compared as the bytes it was sent as. */
const bearerOf = (request: Request): Buffer | undefined => {
  const [, token] = /^Bearer +(\S.*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return token === undefined ? undefined : Buffer.from(token.trim(), 'latin1');
};

/** Decides who may read and act, by the rules of docs/web.md. */
export const createAccess = (parts: AccessParts): Access => {
  const { secret, publicReading, clock, random = randomBytes } = parts;
  // Apart, so that a reader of feeds with an old token locks nobody out.
  const [formTries, bearerTries, cookieTries] = [createTries(clock), createTries(clock), createTries(clock)];
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

  /** Whoever makes up signatures tries secrets, so that these tries are counted too; what was right before stays so. */
  const isSignedIn = ({ token, signature }: Identity, by: Secret): boolean => {
    if (signature === undefined) return false;
    const name = nameOf(`${token}.${signature}`);
    if (remembered.has(name)) return true;
    if (cookieTries.secondsToWait() > 0) return false;
    const isRight = isSame(signature, signatureOf(token, by));
    if (isRight) remember(name);
    else cookieTries.wrong(name);
    return isRight;
  };

  const showsSecret = (request: Request, expected: Secret): boolean => {
    const token = bearerOf(request);
    if (!token) return false;
    const name = nameOf(`bearer ${token.toString('latin1')}`);
    if (remembered.has(name)) return true;
    if (bearerTries.secondsToWait() > 0) return false;
    const isRight = isSame(token, expected.reveal());
    if (isRight) remember(name);
    else bearerTries.wrong(name);
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
      const seconds = formTries.secondsToWait();
      if (seconds > 0) return { kind: 'wait', seconds };
      if (secret && isSame(given.trim(), secret.reveal()))
        return {
          kind: 'signed in',
          cookie: identityCookie(request, signed(identityOf(request) ?? newIdentity(), secret)),
        };
      formTries.wrong();
      return { kind: 'wrong' };
    },

    signOut: (request) => identityCookie(request, undefined),

    refusal: (visitor, request) =>
      refusalOf({ hasSecret: secret !== undefined, isLoopback: parts.isLoopback, mayRead: visitor.mayRead }, request),
  };
};
