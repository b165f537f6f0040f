import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { BodyLimitError, readBody } from '../../src/core/body.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Serves a body and returns its URL. */
const serve = async (body: Buffer, headers: Record<string, string> = {}): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(200, headers).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

describe('a body', () => {
  it('is read as UTF-8, without a byte order mark', async () => {
    const url = await serve(Buffer.from('\uFEFFzażółć 🙂'));
    expect(await readBody(await fetch(url), 100)).toBe('zażółć 🙂');
  });

  it('may be as large as its limit', async () => {
    const url = await serve(Buffer.alloc(1_000, 'x'));
    expect(await readBody(await fetch(url), 1_000)).toHaveLength(1_000);
    await expect(readBody(await fetch(url), 999)).rejects.toThrow(BodyLimitError);
  });

  it('is limited after decompression, in little memory', async () => {
    const url = await serve(gzipSync(Buffer.alloc(1_500_000_000 / 4)), { 'content-encoding': 'gzip' });
    const before = process.memoryUsage().rss;
    await expect(readBody(await fetch(url), 2_000_000)).rejects.toThrow('an answer of more than 2 MB');
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  it('may be JSON of a hundred levels, and anything else of more', async () => {
    const nested = (depth: number, sign = '['): string => sign.repeat(depth);
    expect(await readBody(new Response(nested(100)), 1_000)).toHaveLength(100);
    await expect(readBody(new Response(nested(101)), 1_000)).rejects.toThrow('an answer that is nested too deeply');
    await expect(readBody(new Response(nested(101, ' {"a":')), 1_000)).rejects.toThrow(BodyLimitError);
    expect(await readBody(new Response(nested(101, '<p>')), 1_000)).toHaveLength(303);
    const signs = JSON.stringify([`"\\${nested(101)}`, ...Array.from({ length: 101 }, () => [{}])]);
    expect(await readBody(new Response(signs), 10_000)).toBe(signs);
  });

  it('may be missing', async () => {
    expect(await readBody(new Response(null), 10)).toBe('');
  });
});
