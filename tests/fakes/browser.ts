import { identityOf, personOf } from '../../src/chat/web/identity.ts';
import type { Person } from '../../src/core/addresses.ts';
import type { LiveState } from '../../src/core/site.ts';

export type Headers = Record<string, string>;

/** The states that a page is told of while it is open. */
export type OpenPage = { status: number; headers: globalThis.Headers; states: LiveState[]; leave(): Promise<void> };

/** A browser with one person's cookies. Paths are those of the site, without a slash before them. */
export type Browser = {
  get(path: string, headers?: Headers): Promise<Response>;
  /** Sends a form as a page of the site does; no redirect is followed. */
  post(path: string, fields: Record<string, string>, headers?: Headers): Promise<Response>;
  /** Follows a stream of states. */
  follow(path: string): Promise<OpenPage>;
  /** Who the site takes it for; undefined without a cookie. */
  person(): Person | undefined;
};

const readStates = async (body: ReadableStream<Uint8Array>, states: LiveState[]): Promise<void> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body) {
    text += decoder.decode(piece, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^event: state\ndata: (.*)$/.exec(event) ?? [];
      if (data !== undefined) states.push(JSON.parse(data));
    }
  }
};

/** @param url of the site, with a slash at its end */
export const createBrowser = (url: string): Browser => {
  const jar = new Map<string, string>();

  const ask = async (path: string, request: RequestInit & { headers: Headers }): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...request.headers };
    const answer = await fetch(`${url}${path}`, { redirect: 'manual', ...request, headers });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0(;|$)/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };

  return {
    get: (path, headers = {}) => ask(path, { headers: { accept: 'text/html', ...headers } }),
    post: (path, fields, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', origin: new URL(url).origin, ...headers },
      }),
    async follow(path) {
      const leaving = new AbortController();
      const answer = await ask(path, { headers: { accept: 'text/event-stream' }, signal: leaving.signal });
      const states: LiveState[] = [];
      const read = answer.body ? readStates(answer.body, states).catch(() => {}) : undefined;
      return {
        ...{ status: answer.status, headers: answer.headers, states },
        async leave() {
          leaving.abort();
          await read;
        },
      };
    },
    person() {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const identity = identityOf(new Request(url, { headers: { cookie } }));
      return identity && personOf(identity);
    },
  };
};
