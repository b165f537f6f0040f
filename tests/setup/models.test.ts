import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileDefaults } from '../../config/schema.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { createClock } from '../../src/core/clock.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createModelSteps } from '../../src/setup/models.ts';
import { channelOf, paperOf } from '../fakes/fixtures.ts';
import { quietLogger } from '../fakes/logger.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';

const { signal } = new AbortController();
const open: (() => Promise<unknown>)[] = [];
let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(async () => {
  stores.close();
  for (const close of open.splice(0)) await close();
});

const startList = async (models: string[]): Promise<string> => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/v1/models' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: models.map((id) => ({ id })) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
};

const stepsWith = (servers: { name: string; baseUrl: string }[]) =>
  createModelSteps(
    { stores, clock: createClock(), logger: quietLogger, timezone: 'UTC', scorer: fileDefaults.scorer },
    servers,
  );

it('finds servers on this machine that have models for text', async () => {
  const [one, empty] = [await startList(['llama3:latest', 'nomic-embed-text']), await startList([])];
  const steps = stepsWith([
    { name: 'Ollama', baseUrl: one },
    { name: 'LM Studio', baseUrl: empty },
    { name: 'Gone', baseUrl: 'http://127.0.0.1:9/v1' },
  ]);
  expect(await steps.localServers()).toEqual([{ name: 'Ollama', baseUrl: one, models: ['llama3:latest'] }]);
});

it('lists models with a known price first', async () => {
  const baseUrl = await startList(['babbage', 'gpt-4o-mini', 'whisper-1']);
  expect(await stepsWith([]).modelsOf({ baseUrl, apiKey: 'sk-1' })).toEqual(['gpt-4o-mini', 'babbage']);
  expect(await stepsWith([]).modelsOf({ baseUrl: 'http://127.0.0.1:9/v1', apiKey: undefined })).toEqual([]);
});

it('lets the model score one paper', async () => {
  const model = await startFakeOpenAi({ verdict: () => ({ relevance: 8, novelty: 7, comment: 'Gears.' }) });
  open.push(() => model.close());
  const choice = { model: 'gpt-4o-mini', baseUrl: model.url, apiKey: 'sk-1' };
  const check = await stepsWith([]).check(choice, channelOf(), paperOf('2507.00001'), signal);
  expect(check).toMatchObject({ ok: true, detail: expect.stringContaining('relevance 8, novelty 7') });
  const gone = { ...choice, baseUrl: 'http://127.0.0.1:9/v1' };
  expect(await stepsWith([]).check(gone, channelOf(), paperOf('2507.00001'), signal)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('cannot be reached'),
  });
});

it('says what a day costs, if the price is known', async () => {
  const papers = Array.from({ length: 100 }, (_, index) => paperOf(`2507.${String(index).padStart(5, '0')}`));
  const steps = stepsWith([]);
  const choice = { model: 'gpt-4o-mini', baseUrl: undefined, apiKey: 'sk-1' };
  expect(await steps.costText(choice, channelOf(), '2025-07-08', papers)).toMatch(
    /^gpt-4o-mini costs about \$0\.00\d\d for a day like Tuesday, 8 July 2025 with 100 papers/,
  );
  const local = { ...choice, model: 'llama3' };
  expect(await steps.costText(local, channelOf(), '2025-07-08', papers)).toMatch(/^The price of llama3 is not/);
});
