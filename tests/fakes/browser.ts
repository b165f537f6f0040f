import { identityOf, personOf } from '../../src/chat/web/access.ts';
import type { Person } from '../../src/core/addresses.ts';
import type { LiveState } from '../../src/core/site.ts';

export type Headers = Record<string, string>;

/** An open stream of page states. */
export type OpenPage = { status: number; headers: globalThis.Headers; states: LiveState[]; leave(): Promise<void> };

/** A client with one person's cookies. Paths have no leading slash. */
export type Browser = {
  get(path: string, headers?: Headers): Promise<Response>;
  /** Submits a form from the same origin, without following redirects. */
  post(path: string, fields: Record<string, string>, headers?: Headers): Promise<Response>;
  follow(path: string): Promise<OpenPage>;
  /** The person behind the cookie. */
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

/** @param url of the site, with a trailing slash */
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
