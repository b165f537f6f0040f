import type { Person } from '../../core/addresses.ts';
import type { Reader } from '../../core/site.ts';
import type { Access, Visitor } from './access.ts';

/** Who has no identity yet reads as somebody without votes; the answer gives them one. */
const newcomer: Person = 'web:local:newcomer';

/** The visitor as the pages see them. */
export const readerOf = (visitor: Visitor, { hasSecret }: Access, request: Request): Reader => {
  if (visitor.mayAct) return { person: visitor.person ?? newcomer, isSignedIn: hasSecret };
  const { pathname, search } = new URL(request.url);
  const to = encodeURIComponent(pathname + search);
  return { person: undefined, signIn: hasSecret ? `/sign-in?to=${to}` : undefined };
};
