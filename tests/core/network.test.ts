import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { networkReason, UnreachedError, unreached } from '../../src/core/network.ts';
import { useProxies } from '../../src/core/proxy.ts';

let restore: (() => void) | undefined;
afterEach(() => {
  restore?.();
  restore = undefined;
});

const failing = (code: string, more: object = {}): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code, ...more }) });

const url = new URL('https://arxiv.org/list/cs.LG/new');

describe('the reason why a remote did not respond', () => {
  it.each([
    ['ENOTFOUND', 'host not found', 'arxiv.org was not found'],
    ['EAI_AGAIN', 'host not found', 'arxiv.org was not found'],
    ['ECONNREFUSED', 'connection refused', 'arxiv.org refuses the connection'],
    ['ECONNRESET', 'connection closed', 'arxiv.org closed the connection'],
    ['ENETUNREACH', 'no route to the host', 'arxiv.org has no route from this machine'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no answer within 10 seconds', 'arxiv.org gave no answer within 10 seconds'],
    ['EPROTO', 'connection failed (EPROTO)', 'arxiv.org did not connect (EPROTO)'],
  ])('is in plain words for %s', (code, short, about) => {
    expect(networkReason(failing(code), { timeoutMs: 10_000 })).toBe(short);
    const error = unreached('arXiv', failing(code), { url, timeoutMs: 10_000 });
    expect(error.message).toBe(`Cannot reach arXiv: ${about}. Check the network.`);
  });

  it('is found in the errors that Node and the SDK of Slack wrap', async () => {
    const inner = Object.assign(new Error('getaddrinfo ENOTFOUND slack.com'), {
      ...{ code: 'ENOTFOUND', hostname: 'slack.com' },
    });
    const wrapped = Object.assign(new Error('A request error occurred'), { original: inner });
    expect(unreached('Slack', wrapped)).toMatchObject({
      ...{ what: 'Cannot reach Slack: slack.com was not found', fix: 'Check the network' },
    });
    expect(networkReason(new AggregateError([failing('ECONNREFUSED')]))).toBe('connection refused');
  });

  it('is the time limit if the request ran into it', () => {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    expect(networkReason(timeout, { timeoutMs: 10_000 })).toBe('no answer within 10 seconds');
  });
});

describe('a proxy that refuses the connection', () => {
  const closedPort = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('is named without its password, with the variable to check', async () => {
    const port = await closedPort();
    restore = useProxies({ http: undefined, https: `http://me:secret@127.0.0.1:${port}`, except: '' });
    const error = await fetch('https://papers.invalid/').catch((cause: unknown) => cause);
    const text = `The proxy 127.0.0.1:${port} refuses the connection. Check HTTPS_PROXY.`;
    expect(unreached('arXiv', error, { url: new URL('https://papers.invalid/') })).toMatchObject({
      ...{ message: text, isAboutProxy: true },
    });
    // The SDKs of chat platforms do not say what they asked.
    expect(unreached('Slack', error).message).toBe(text);
    expect(networkReason(error)).toBe(`the proxy 127.0.0.1:${port} refuses the connection`);
  });

  it('is not blamed for a host that is reached without it', () => {
    restore = useProxies({ http: undefined, https: 'http://127.0.0.1:1', except: 'arxiv.org' });
    const error = unreached('arXiv', failing('ECONNREFUSED', { port: 443 }), { url });
    expect(error).toBeInstanceOf(UnreachedError);
    expect(error.message).toBe('Cannot reach arXiv: arxiv.org refuses the connection. Check the network.');
  });
});
