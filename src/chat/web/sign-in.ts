import { type Context, Hono } from 'hono';
import type { Access } from './access.ts';

/** What the sign-in page shows. */
type SignInForm = {
  /** Where to go afterwards, a path of this site. */
  to: string;
  /** What went wrong with the try before, a sentence. */
  problem: string | undefined;
};

export type SignInParts = {
  access: Access;
  /** The form as a whole HTML page. */
  renderSignIn(form: SignInForm): Promise<string>;
};

/**
 * A path of this site as it was given, `/` for anything else: no address of another site, also none that browsers make of
 * `//`, backslashes or characters that they skip.
 */
const localPath = (to: unknown): string => (typeof to === 'string' && /^\/(?!\/)[!-[\]-~]*$/.test(to) ? to : '/');

/** Signing in with the secret, and out again. Behind `sameOrigin` and `smallBody`, and open to those who may not read. */
export const createSignIn = ({ access, renderSignIn }: SignInParts): Hono => {
  const app = new Hono();

  const form = async (context: Context, status: 200 | 401 | 429, shown: SignInForm): Promise<Response> =>
    context.html(await renderSignIn(shown), status);

  app.use('/sign-in', async (context, next) => {
    context.header('cache-control', 'no-store');
    if (access.hasSecret) return next();
    return context.text('There is nothing to sign in with: PAPERBOY_WEB_SECRET is not set.\n', 404);
  });

  app.get('/sign-in', async (context) => {
    const to = localPath(context.req.query('to'));
    if (access.of(context.req.raw).mayAct) return context.redirect(to, 303);
    return form(context, 200, { to, problem: undefined });
  });

  app.post('/sign-in', async (context) => {
    // A body that is no form holds no secret.
    const fields: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
    const to = localPath(fields.to);
    const result = access.signIn(context.req.raw, typeof fields.secret === 'string' ? fields.secret : '');
    if (result.kind === 'signed in') {
      context.header('set-cookie', result.cookie);
      return context.redirect(to, 303);
    }
    if (result.kind === 'wait') {
      context.header('retry-after', String(result.seconds));
      const wait = result.seconds === 1 ? 'a second' : `${result.seconds} seconds`;
      return form(context, 429, { to, problem: `There were too many wrong tries. Wait ${wait}, then try again.` });
    }
    context.header('www-authenticate', 'Bearer');
    return form(context, 401, { to, problem: 'That is not the secret. Ask whoever runs this Paperboy for it.' });
  });

  app.post('/sign-out', (context) => {
    context.header('set-cookie', access.signOut(context.req.raw));
    context.header('cache-control', 'no-store');
    return context.redirect('/', 303);
  });

  return app;
};
