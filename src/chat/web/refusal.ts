import { wantsPage } from './problems.ts';

/** What decides how somebody is refused. */
type Case = {
  hasSecret: boolean;
  /** The server listens at a loopback address alone. */
  isLoopback: boolean;
  /** May read, though not do what was asked. */
  mayRead: boolean;
};

const answer = (status: number, text: string, headers: Record<string, string>): Response =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });

const withoutSecret = ({ isLoopback, mayRead }: Case): string => {
  const here = isLoopback
    ? `This Paperboy ${mayRead ? 'takes votes and commands' : 'answers'} on its own machine only`
    : `This Paperboy can be reached from other machines and has no secret, so it ${mayRead ? 'takes no votes or commands' : 'shows nothing'}`;
  const reading = mayRead ? '' : ', or web.publicReading: true in its config file to let everybody read without acting';
  return `${here}. Whoever runs it can set PAPERBOY_WEB_SECRET to let people sign in${reading}.\n`;
};

const isPage = (request: Request): boolean => /^(?:GET|HEAD)$/.test(request.method) && wantsPage(request);

/** The way to the sign-in form, or words for those who are no browser or where there is nothing to sign in with. */
export const refusalOf = (found: Case, request: Request): Response => {
  if (!found.hasSecret) return answer(403, withoutSecret(found), {});
  if (isPage(request)) {
    const { pathname, search } = new URL(request.url);
    return answer(303, '', { location: `/sign-in?to=${encodeURIComponent(pathname + search)}` });
  }
  const how = found.mayRead
    ? 'Sign in at /sign-in first: to vote and to command takes the secret of this Paperboy.'
    : 'Sign in at /sign-in first, or send the secret of this Paperboy as a bearer token to read.';
  return answer(401, `${how}\n`, { 'www-authenticate': 'Bearer' });
};
