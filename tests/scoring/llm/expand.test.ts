import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createOpenAiClient } from '../../../src/scoring/llm/client.ts';
import { createExpandTopics } from '../../../src/scoring/llm/expand.ts';
import type { FakeOpenAiOptions, Fault } from '../../fakes/openai.ts';
import { failureOf, prices, sleeplessClock, startServer } from './setup.ts';

const signal = new AbortController().signal;
const expansion = `# Gardens

## Hedges
- Relevant: hedge trimming, boxwood, pruning shears, topiary, privet.
- Irrelevant: lawns.

## Keywords
- Relevant: hedge, topiary, boxwood`;

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const start = async (fault: FakeOpenAiOptions['fault'], dailyBudgetUsd = 1) => {
  const server = await startServer({ fault });
  const client = createOpenAiClient({ baseUrl: server.url, model: 'priced' });
  const expand = createExpandTopics({
    ...{ client, stores, prices, dailyBudgetUsd, clock: sleeplessClock(), random: () => 0.5 },
    dayStart: () => '2024-01-08T00:00:00.000Z',
  });
  return { server, client, expand: (topics = 'Hecken und Buchsbaum') => expand(topics, 'gardens', 'digest', signal) };
};
const saying = (content: string) => (): Fault => ({ kind: 'text', content });
const spent = () => stores.ledger.spent('2024-01-08T00:00:00.000Z');

describe('the expansion of topics', () => {
  it('is the text of the answer, booked outside of any digest', async () => {
    const { server, expand } = await start(saying(expansion));
    const expanded = await expand('Hecken und <b>Buchsbaum</b>\n\n- kein Rasen');
    expect(expanded).toMatchObject({ text: expansion, model: 'priced' });
    expect(await spent()).toBeCloseTo(expanded?.costUsd ?? 0, 8);
    expect(await stores.ledger.questions('gardens', '2024-01-01', '2024-12-31')).toMatchObject({ promptTokens: 0 });
    const [request] = server.requests;
    expect(request?.response_format).toBeUndefined();
    expect(request?.messages.at(-1)?.content).toContain(
      '<topics>\nHecken und &lt;b&gt;Buchsbaum&lt;/b&gt;\n- kein Rasen\n</topics>',
    );
  });

  it.each([
    ['a fence', `\`\`\`markdown\n${expansion}\n\`\`\``],
    ['a thinking block', `<think>\n## Lawns\n- Relevant: grass\n</think>\n\n${expansion}\n`],
  ])('is read without %s', async (_, content) => {
    const { expand } = await start(saying(content));
    expect((await expand())?.text).toBe(expansion);
  });

  it.each([
    ['a refusal', "I'm sorry, but I cannot help with that."],
    ['nothing', ''],
    ['scores', '{"papers": [{"id": "2401.00001", "relevance": 8, "novelty": 7}]}'],
    [
      'topics in another language',
      '# Gärten\n\n## Hecken\n- Relevant: Hecken und Sträucher, die wir mit der Schere für das Haus schneiden.',
    ],
    ['a list that names hardly anything', '## Hedges\n- Relevant: hedges'],
  ])('is empty if the answer is %s', async (_, content) => {
    const { server, expand } = await start(saying(content));
    expect(await expand()).toMatchObject({ text: '' });
    expect(server.requests).toHaveLength(1);
  });

  it('gets more tokens if a model spends them all on thinking', async () => {
    const { server, expand } = await start((call) =>
      call === 0 ? { kind: 'thinking' } : { kind: 'text', content: expansion },
    );
    expect((await expand())?.text).toBe(expansion);
    expect(server.requests.map((request) => request.max_completion_tokens)).toEqual([1_200, 4_800]);
  });

  it('is not asked for if the budget is spent', async () => {
    const { server, expand } = await start(saying(expansion), 0.000_01);
    expect(await expand()).toBeUndefined();
    expect(server.requests).toHaveLength(0);
  });

  it('fails with the reason if the model cannot be used, at no cost', async () => {
    const { expand } = await start(() => ({ kind: 'status', status: 401 }));
    expect(await failureOf(expand())).toMatchObject({ status: 401 });
    expect(await spent()).toBe(0);
  });

  it('says nothing about whether the server takes schemas', async () => {
    const { client, expand } = await start(saying(expansion));
    await expand();
    expect(client.habits.current().form).toBe('schema');
  });
});
