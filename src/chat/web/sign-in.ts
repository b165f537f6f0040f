import { type Context, Hono } from 'hono';
import type { Access } from './access.ts';

type SignInForm = {
  to: string;
  problem: string | undefined;
};

export type SignInParts = {
  access: Access;
  renderSignIn(form: SignInForm): Promise<string>;
};

/**
 * The given path if it is on this site; otherwise `/`. Browsers read `//`, backslashes and some invisible characters as
 * the start of another site's address.
 */
const localPath = (to: unknown): string => (typeof to === 'string' && /^\/(?!\/)[!-[\]-~]*$/.test(to) ? to : '/');

/** Open to visitors who may not read the pages. Runs after `sameOrigin` and `smallBody`. */
export const createSignIn = ({ access, renderSignIn }: SignInParts): Hono => {
  const app = new Hono();

  const form = async (context: Context, status: 200 | 401 | 429, shown: SignInForm): Promise<Response> =>
    context.html(await renderSignIn(shown), status);

  app.use('/sign-in', async (context, next) => {
    context.header('cache-control', 'no-store');
    if (access.hasSecret) return next();
    return context.text('You cannot sign in here, because PAPERBOY_WEB_SECRET is not set.\n', 404);
  });

  app.get('/sign-in', async (context) => {
    const to = localPath(context.req.query('to'));
    if (access.of(context).mayAct) return context.redirect(to, 303);
    return form(context, 200, { to, problem: undefined });
  });

  app.post('/sign-in', async (context) => {
    // Only a form can contain a secret.
    const fields: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
    const to = localPath(fields.to);
    const result = await access.signIn(context, typeof fields.secret === 'string' ? fields.secret : '');
    if (result.kind === 'signed in') return context.redirect(to, 303);
    if (result.kind === 'wait') {
      context.header('retry-after', String(result.seconds));
      const wait = result.seconds === 1 ? 'a second' : `${result.seconds} seconds`;
      return form(context, 429, { to, problem: `Too many wrong attempts. Wait ${wait}, then try again.` });
    }
    context.header('www-authenticate', 'Bearer');
    return form(context, 401, { to, problem: 'Wrong secret. Ask your Paperboy admin for the right one.' });
  });

  app.post('/sign-out', (context) => {
    context.header('set-cookie', access.signOut(context.req.raw));
    context.header('cache-control', 'no-store');
    return context.redirect('/', 303);
  });

  return app;
};
