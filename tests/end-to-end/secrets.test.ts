import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';
import { date, day } from './day.ts';
import { configOf, createHome, toArxiv } from './harness.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

const keys = { OPENAI_API_KEY: 'sk-not-to-be-seen-1234567890', S2_API_KEY: 's2-not-to-be-seen-0987654321' };
const parts = /not-to-be-seen/;

/** A server that answers every request with an error that repeats its headers. */
const startEcho = async () => {
  const server = createServer((request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `Bad request with ${request.rawHeaders.join(' ')}` } }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

describe('a key that a remote repeats', () => {
  it.each([200, 400])('is seen nowhere after an answer with status %i', async (status) => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const echo = opened(await startEcho());
    const verdict = () => ({ relevance: 9, novelty: 9, comment: `Bearer ${keys.OPENAI_API_KEY} is your key.` });
    const model = opened(await startFakeOpenAi({ verdict }));
    const config = `${configOf({ post: ['console'] })}    minHIndex: 1\n`;
    const env = {
      ...toArxiv(arxiv),
      ...keys,
      OPENAI_BASE_URL: status === 200 ? model.url : `${echo.url}/v1`,
      S2_API_URL: echo.url,
    };
    const home = opened(await createHome({ config, env }));
    const ended = [
      await home.run(['run']),
      await home.run(['doctor', '--ask']),
      await home.run(['say', 'status']),
      await home.run(['say', 'rescore 2507.00001 confirmed']),
      await home.run(['site', '--out', 'site']),
    ];
    for (const { stdout, stderr } of ended) expect(stdout + stderr).not.toMatch(parts);
    const files = await readdir(home.folder, { recursive: true, withFileTypes: true });
    const written = files.filter((file) => file.isFile());
    expect(written.some(({ name }) => name === 'paperboy.db')).toBe(true);
    for (const file of written)
      expect((await readFile(join(file.parentPath, file.name))).toString('latin1'), file.name).not.toMatch(parts);
    if (status === 200) expect(ended[0]?.stdout).toContain('Bearer [secret] is your key.');
    else expect(ended[1]?.stdout).toMatch(/✗ scor/);
  });
});
