import { Hono } from 'hono';
import { type AccessParts, createAccess } from '../../../src/chat/web/access.ts';
import { createClientAddress } from '../../../src/chat/web/client-address.ts';
import { sameOrigin, smallBody } from '../../../src/chat/web/same-origin.ts';
import { createSignIn } from '../../../src/chat/web/sign-in.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createSteppingClock, type SteppingClock } from '../../fakes/clock.ts';

export const theSecret = 'correct horse battery';

export type GuardedParts = Partial<Omit<AccessParts, 'secret' | 'clock'>> & {
  secret?: string | undefined;
  clock?: SteppingClock;
  trustedProxies?: readonly string[];
};

/** The guarded app's answer about a visitor. */
export type Seen = { mayRead: boolean; mayAct: boolean; person?: string };

/** A small app behind the guard, as the web server builds it: GET returns the visitor, POST acts. */
export const createGuarded = ({ secret, clock, trustedProxies = [], ...more }: GuardedParts = {}) => {
  const access = createAccess({
    secret: secret === undefined ? undefined : new Secret(secret),
    signingKey: new Secret('a key'),
    knownKey: new Secret('another key'),
    publicReading: false,
    isLoopback: true,
    clientAddress: createClientAddress(trustedProxies),
    clock: clock ?? createSteppingClock('2025-07-08T12:00:00Z'),
    ...more,
  });
  const app = new Hono();
  app.use(sameOrigin, smallBody);
  app.route('/', createSignIn({ access, renderSignIn: async (form) => `<form>${JSON.stringify(form)}</form>` }));
  app.get('*', (context) => {
    const visitor = access.of(context);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    const cookie = access.setCookie(visitor, context.req.raw);
    if (cookie !== undefined) context.header('set-cookie', cookie);
    return context.json(visitor);
  });
  app.post('*', (context) => {
    const visitor = access.of(context);
    return visitor.mayAct ? context.json(visitor) : access.refusal(visitor, context.req.raw);
  });

  /** `from` is the address of the connection. */
  type Sent = { headers?: Record<string, string>; cookie?: string | undefined; host?: string; from?: string };
  const connectionOf = ({ from }: Sent) =>
    from === undefined ? {} : { incoming: { socket: { remoteAddress: from } } };
  const headersOf = ({ headers, cookie, host = 'localhost:3210' }: Sent) => ({
    host,
    ...(cookie === undefined ? {} : { cookie }),
    ...headers,
  });
  const get = (path = '/', sent: Sent = {}) => app.request(path, { headers: headersOf(sent) }, connectionOf(sent));
  const post = (path: string, fields: Record<string, string>, sent: Sent = {}) =>
    app.request(
      path,
      {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { 'sec-fetch-site': 'same-origin', ...headersOf(sent) },
      },
      connectionOf(sent),
    );
  return {
    app,
    get,
    post,
    /** What a visitor may do; nothing if refused. */
    seen: async (sent: Sent = {}): Promise<Seen> => {
      const answer = await get('/', sent);
      return answer.status === 200 ? ((await answer.json()) as Seen) : { mayRead: false, mayAct: false };
    },
    /** The cookie of a browser that has signed in, as it sends it back. */
    signedIn: async (sent: Sent = {}): Promise<string> =>
      cookieOf(await post('/sign-in', { secret: secret ?? '' }, sent)) ?? '',
  };
};

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = (answer: Response): string | undefined => answer.headers.get('set-cookie')?.split(';', 1)[0];
