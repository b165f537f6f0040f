import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Webhook } from '../../core/platform.ts';
import type { SetupPages } from '../../core/setup-pages.ts';
import type { LiveSite } from '../../core/site.ts';
import { type Access, readerOf } from './access.ts';
import { type ChatParts, createChat } from './chat.ts';
import { namesHost } from './host.ts';
import { problemPages, wantsPage } from './problems.ts';
import { sameOrigin, smallBody } from './same-origin.ts';
import { createSetupRoutes, setupOffer } from './setup.ts';
import { createSignIn } from './sign-in.ts';
import { createTaggedFiles } from './tags.ts';

type HealthAnswer = { isReady: boolean; full: object; brief: object };

type MonitoringParts = {
  access: Access;
  logger: Logger;
  health(): Promise<HealthAnswer>;
  metrics: { contentType: string; read(): Promise<string> };
};

const createMonitoring = ({ access, logger, health, metrics }: MonitoringParts): Hono => {
  const app = new Hono();

  app.get('/healthz', async (context) => {
    context.header('cache-control', 'no-store');
    try {
      const { isReady, full, brief } = await health();
      return context.json(access.of(context).mayRead ? full : brief, isReady ? 200 : 503);
    } catch (error) {
      logger.error({ reason: errorText(error) }, 'not healthy');
      return context.json({ status: 'failing' }, 503);
    }
  });

  app.get('/metrics', async (context) => {
    const visitor = access.of(context);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    return context.body(await metrics.read(), 200, {
      'content-type': metrics.contentType,
      'cache-control': 'no-store',
    });
  });

  return app;
};

export type WebParts = ChatParts &
  MonitoringParts & {
    site: LiveSite;
    access: Access;
    setup?: SetupPages | undefined;
    /** Matched before any page. Each authenticates its own requests. */
    webhooks?: readonly Webhook[];
  };

/** Assets change only with a new version. Pages change with every vote, and differ between readers. */
const cacheControl = (path: string): string =>
  path.startsWith('assets/') ? 'public, max-age=3600' : 'private, no-cache';

export const createWebApp = (parts: WebParts): Hono => {
  const { site, access, setup, logger, webhooks = [] } = parts;
  const taggedFile = createTaggedFiles(site);
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        // Typeset mathematics uses style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      // Left to the proxy that terminates TLS, because it applies to the whole host.
      strictTransportSecurity: false,
      // The referrer leads back to the page of a submitted form. Other sites do not receive it.
      referrerPolicy: 'same-origin',
    }),
  );
  app.use(namesHost);
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

  app.route('/', createSetupRoutes({ access, setup }));
  app.route('/', createChat(parts));

  app.get('*', async (context) => {
    const visitor = access.of(context);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    const path = context.req.path.slice(1);
    const reader = {
      ...readerOf(visitor, access, context.req.raw),
      ...{ query: context.req.query(), setUp: setupOffer(visitor, { access, setup }) },
    };
    // A reading list belongs to a person.
    if (/^[^/]+\/saved(?:\.\w+)?$/.test(path) && !visitor.mayAct) return access.refusal(visitor, context.req.raw);
    const known = context.req.header('if-none-match');
    const file = await taggedFile(path === '' || path.endsWith('/') ? `${path}index.html` : path, reader, known);
    if (!file) {
      // People type folders without the slash and dates without .html.
      if (await site.file(`${path}/index.html`, nobody)) return context.redirect(`/${path}/`, 308);
      const page = `${path.endsWith('/') ? path.slice(0, -1) : path}.html`;
      if (await site.file(page, reader)) return context.redirect(`/${page}`, 308);
      // Earlier versions had the sample here, before it had its own channel.
      if (path.endsWith('/sample.html') && (await site.file('sample/index.html', nobody)))
        return context.redirect('/sample/', 308);
      const problem = await site.missing(path);
      context.header('cache-control', 'no-store');
      if (!wantsPage(context.req.raw))
        return problem.channel === undefined ? context.notFound() : context.text(problem.text, 404);
      return context.html(await site.problem(problem), 404);
    }
    const cookie = file.type.startsWith('text/html') ? access.setCookie(visitor, context.req.raw) : undefined;
    if (cookie !== undefined) context.header('set-cookie', cookie);
    const headers = { etag: file.tag, 'cache-control': cacheControl(path) };
    return file.body === undefined
      ? context.body(null, 304, headers)
      : context.body(file.body, 200, { ...headers, 'content-type': file.type });
  });

  app.notFound((context) => context.text('There is no page at this address. Start at /', 404));
  app.onError((error, context) => {
    logger.error({ err: error }, 'page failed');
    return context.text('This page could not be loaded. Ask your Paperboy admin to check the log.', 500);
  });
  return app;
};
