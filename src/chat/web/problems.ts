import type { MiddlewareHandler } from 'hono';
import type { ProblemPage } from '../../core/site.ts';

const titles: Readonly<Record<number, string>> = {
  401: 'Sign in first',
  403: 'Not open to you',
  404: 'There is nothing here',
  413: 'Too long',
  429: 'Too much at once',
  503: 'Not now',
};

/** True for a browser that opens an address or sends a form; what scripts and feed readers ask for is answered in plain words. */
export const wantsPage = (request: Request): boolean =>
  /\btext\/html(?![\w-])/i.test(request.headers.get('accept') ?? '');

/** Shows a browser as a page what is answered in plain words where something is wrong. */
export const problemPages =
  (render: (problem: ProblemPage) => Promise<string>): MiddlewareHandler =>
  async (context, next) => {
    await next();
    const { res, req } = context;
    const isText = /^text\/plain\b/i.test(res.headers.get('content-type') ?? '');
    if (res.status < 400 || !isText || !wantsPage(req.raw)) return;
    const body = await render({
      title: titles[res.status] ?? 'That did not work',
      text: (await res.text()).trim(),
    });
    // The other headers of what was there stay.
    context.res = new Response(body, { status: res.status, headers: { 'content-type': 'text/html; charset=utf-8' } });
  };
