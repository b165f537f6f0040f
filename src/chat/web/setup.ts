import { type Context, Hono } from 'hono';
import { type SetupPages, setupPath } from '../../core/setup-pages.ts';
import type { Access } from './access.ts';

export type SetupRouteParts = { access: Access; setup: SetupPages | undefined };

/** Says that a browser was sent a cookie, so that one without cookies is not redirected for ever. */
const marked = 'cookie';

/** Whether pages offer to set Paperboy up: for the first time, again, or not to this visitor. */
export const setupOffer = (
  visitor: ReturnType<Access['of']>,
  { access: { hasSecret }, setup }: SetupRouteParts,
): 'new' | 'change' | undefined => {
  const { person, mayAct } = visitor;
  // The first page of a new browser is its own machine's, or made after signing in.
  const who = { person: person ?? 'web:local:newcomer', isOwner: !hasSecret };
  return setup && mayAct && setup.mayUse(who) ? (setup.isNew ? 'new' : 'change') : undefined;
};

/** Runs after `sameOrigin` and `smallBody`. */
export const createSetupRoutes = ({ access, setup }: SetupRouteParts): Hono => {
  const app = new Hono();
  if (!setup) return app;

  const answer = async (context: Context): Promise<Response> => {
    context.header('cache-control', 'no-store');
    const visitor = access.of(context);
    const request = context.req.raw;
    if (!visitor.mayAct) return access.refusal(visitor, request);
    const { person } = visitor;
    const cookie = access.setCookie(visitor, request);
    if (person === undefined && cookie !== undefined && /^GET$/.test(request.method) && !context.req.query(marked)) {
      context.header('set-cookie', cookie);
      const { pathname, searchParams } = new URL(request.url);
      searchParams.set(marked, 'sent');
      return context.redirect(`${pathname}?${searchParams}`, 303);
    }
    if (person === undefined)
      return context.text('Your browser sent no cookie. Allow cookies for this page and reload it.', 403);
    const who = { person, isOwner: !access.hasSecret };
    if (!setup.mayUse(who))
      return context.text(
        `Only admins may change the set-up. Ask your Paperboy admin to add ${person} to admins in the config file.`,
        403,
      );
    return setup.handle(request, who);
  };

  app.all(setupPath, answer);
  app.all(`${setupPath}/*`, answer);
  return app;
};
