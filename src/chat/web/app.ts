import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Webhook } from '../../core/platform.ts';
import type { LiveSite } from '../../core/site.ts';
import type { Access } from './access.ts';
import { type ChatParts, createChat } from './chat.ts';
import { createMonitoring, type MonitoringParts } from './monitoring.ts';
import { problemPages, wantsPage } from './problems.ts';
import { readerOf } from './reader.ts';
import { sameOrigin, smallBody } from './same-origin.ts';
import { createSignIn } from './sign-in.ts';

export type WebParts = ChatParts &
  MonitoringParts & {
    site: LiveSite;
    access: Access;
    /** Answered before any page; each guards itself. */
    webhooks?: readonly Webhook[];
  };

/** Assets never change while the program runs; pages do, with every vote, and each is one reader's own. */
const cacheControl = (path: string): string =>
  path.startsWith('assets/') ? 'public, max-age=3600' : 'private, no-cache';

/** Everything that is answered over HTTP: webhooks, monitoring, signing in, the channels' chat, and the pages. */
export const createWebApp = (parts: WebParts): Hono => {
  const { site, access, logger, webhooks = [] } = parts;
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        // Typeset mathematics carries its measures in style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      // Whoever ends TLS before Paperboy decides that for the whole host.
      strictTransportSecurity: false,
      // Within the site it leads back to the page where a form was sent; no other site learns it.
      referrerPolicy: 'same-origin',
    }),
  );
  for (const { path, handle } of webhooks) app.all(path, (context) => handle(context.req.raw));
  app.route('/', createMonitoring(parts));
  app.use(problemPages(site.problem), smallBody, sameOrigin);
  app.route('/', createSignIn({ access, renderSignIn: site.signIn }));

  const nobody = { person: undefined };
  app.get('/assets/*', async (context, next) => {
    const file = await site.file(context.req.path.slice(1), nobody);
    if (!file) return next();
    return context.body(file.body, 200, { 'content-type': file.type, 'cache-control': cacheControl('assets/') });
  });

  app.route('/', createChat(parts));

  app.get('*', async (context) => {
    const visitor = access.of(context.req.raw);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    const path = context.req.path.slice(1);
    const reader = readerOf(visitor, access, context.req.raw);
    const file = await site.file(path === '' || path.endsWith('/') ? `${path}index.html` : path, reader);
    if (!file) {
      // A folder without its slash and a day without its ending, as people type them.
      if (await site.file(`${path}/index.html`, nobody)) return context.redirect(`/${path}/`, 308);
      const page = `${path.endsWith('/') ? path.slice(0, -1) : path}.html`;
      if (await site.file(page, nobody)) return context.redirect(`/${page}`, 308);
      // Where the sample was before it had a channel of its own.
      if (path.endsWith('/sample.html') && (await site.file('sample/index.html', nobody)))
        return context.redirect('/sample/', 308);
      const problem = await site.missing(path);
      context.header('cache-control', 'no-store');
      if (!wantsPage(context.req.raw)) return context.text(problem.text, 404);
      return context.html(await site.problem(problem), 404);
    }
    const cookie = file.type.startsWith('text/html') ? access.setCookie(visitor, context.req.raw) : undefined;
    if (cookie !== undefined) context.header('set-cookie', cookie);
    return context.body(file.body, 200, { 'content-type': file.type, 'cache-control': cacheControl(path) });
  });

  app.notFound((context) => context.text('There is nothing at this address. The pages begin at /', 404));
  app.onError((error, context) => {
    logger.error({ err: error }, 'page failed');
    return context.text('The page could not be made; the log says why.', 500);
  });
  return app;
};
