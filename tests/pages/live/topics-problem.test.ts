import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { createApp } from '../../../src/app.ts';
import { platforms } from '../../../src/chat/platforms.ts';
import { createRubric } from '../../../src/scoring/rubric.ts';
import { createBrowser } from '../../fakes/browser.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { parsePage, textOf } from '../page.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-topics-'));
});
afterEach(() => rm(folder, { recursive: true }));

const good = 'Pruning, quantization, sparsity, cache compression and low-rank methods.';

/** The notices on the pages of two channels and on the first page. */
const noticesWith = async (topics: string, env: Record<string, string> = {}): Promise<string[]> => {
  await writeFile(join(folder, 'topics.md'), topics);
  await writeFile(join(folder, 'good.md'), good);
  const config = ['main: topics.md', 'other: good.md']
    .map((one) => one.split(': '))
    .map(([name, file]) => `  - { name: ${name}, post: [web], categories: [cs.LG], topics: ${file} }`);
  await writeFile(join(folder, 'paperboy.yaml'), ['channels:', ...config].join('\n'));
  const app = await createApp(
    await loadConfig({
      ...{ cwd: folder, createRubric, platforms },
      env: { PAPERBOY_CONFIG: 'paperboy.yaml', DATABASE_URL: `file:${join(folder, 'paperboy.db')}`, ...env },
    }),
    {
      ...{ logger: quietLogger, version: '0.0.0', platforms, listens: false },
      ...{ output: new PassThrough(), progress: new PassThrough(), signal: new AbortController().signal },
    },
  );
  const server = await app.serve({ host: '127.0.0.1', port: 0 }, () => true);
  try {
    const visitor = createBrowser(server.url);
    const noticeOn = async (path: string) => {
      const notice = parsePage(await (await visitor.get(path)).text()).querySelector('main .problems');
      return notice ? `${notice.getAttribute('role')}: ${textOf(notice)}` : '';
    };
    return [await noticeOn('main/'), await noticeOn('other/'), await noticeOn('')];
  } finally {
    await server.close();
    await app.close();
  }
};

it('shows on the page of a channel why the built-in scorer cannot use its topics, and what to do', async () => {
  expect(await noticesWith('efficient pruning')).toEqual([
    expect.stringMatching(/^status: The built-in scorer needs more words than .* Name at least five subjects/),
    '',
    '',
  ]);
  expect(await noticesWith(good)).toEqual(['', '', '']);
});

it('shows nothing about the topics if a language model reads them', async () => {
  const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
  expect(await noticesWith('efficient pruning', env)).toEqual(['', '', '']);
});
