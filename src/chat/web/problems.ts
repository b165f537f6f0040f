import type { MiddlewareHandler } from 'hono';
import type { ProblemPage } from '../../core/site.ts';

const titles: Readonly<Record<number, string>> = {
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Page not found',
  413: 'Too long',
  429: 'Too many requests',
  503: 'Not available right now',
};

/**
 * True for a browser that opens a page or sends a form. Other clients, such as scripts and feed readers, get plain
 * text.
 */
export const wantsPage = (request: Request): boolean =>
  /\btext\/html(?![\w-])/i.test(request.headers.get('accept') ?? '');

export const problemPages =
  (render: (problem: ProblemPage) => Promise<string>): MiddlewareHandler =>
  async (context, next) => {
    await next();
    const { res, req } = context;
    const isText = /^text\/plain\b/i.test(res.headers.get('content-type') ?? '');
    if (res.status < 400 || !isText || !wantsPage(req.raw)) return;
    const body = await render({
      title: titles[res.status] ?? 'Something went wrong',
      text: (await res.text()).trim(),
    });
    // Hono keeps the other headers.
    context.res = new Response(body, { status: res.status, headers: { 'content-type': 'text/html; charset=utf-8' } });
  };
