import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnswers } from '../../../tools/bench/model/answers.ts';
import { type ModelServer, startModelServer } from '../../../tools/bench/model/server.ts';
import type { ChatRequest } from '../../../tools/bench/model/tokens.ts';
import { verdictsOf } from '../../../tools/bench/model/verdicts.ts';
import { idsIn, titleInstructions } from '../../../tools/bench/script/prompts.ts';
import { runScript } from '../../../tools/bench/script/run.ts';
import { paperOf } from '../../fakes/fixtures.ts';

const papers = Array.from({ length: 70 }, (_, index) => paperOf(`2507.${String(index + 1).padStart(5, '0')}`));
const picks = papers.slice(0, 20).map(({ id }) => id);
const cutoffs = { relevance: 8, novelty: 7 };
const judged = papers.map((paper, index) => ({
  ...{ paper, picked: index < 20, comment: 'It is about gears.' },
  score: { relevance: 9, novelty: 8 },
}));
const answer = createAnswers(verdictsOf([{ date: '2025-07-08', papers: judged }], cutoffs), 0);

let server: ModelServer;
let requests: ChatRequest[];
beforeEach(async () => {
  requests = [];
  server = await startModelServer({
    answer: (request) => {
      requests.push(request);
      return answer(request);
    },
  });
});
afterEach(() => server.close());

const run = () =>
  runScript(papers, {
    ...{ url: server.url, model: 'gpt-4o', cutoffs },
    rubric: { topics: '# Gears', criteria: '# Criteria' },
  });

describe('the daily script', () => {
  it('drops papers by title, 32 per call, scores the rest by abstract, 16 per call, and finds the picks', async () => {
    expect(await run()).toEqual({ kept: 20, picks });
    const sent = requests.map(({ messages: [message] }) => message?.content ?? '');
    expect(sent.map((text) => [text.includes(titleInstructions), idsIn(text).length])).toEqual([
      ...[32, 32, 6].map((count) => [true, count]),
      ...[16, 4].map((count) => [false, count]),
    ]);
    const { calls, maxOpen } = server.take();
    expect(calls).toHaveLength(5);
    expect(maxOpen).toBe(1);
  });

  it('waits if the provider refuses a call', async () => {
    server.set({ limits: { tokensPerMinute: 40_000, parallel: 1 } });
    const first = fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: titleInstructions }] }),
    });
    const [, found] = await Promise.all([first, run()]);
    expect(found.picks).toEqual(picks);
    expect(server.take().refused).toBeGreaterThan(0);
  });
});

describe('the model server', () => {
  it('counts as cached what an earlier call has, until the calls are taken', async () => {
    const content = 'gears and springs '.repeat(600);
    const ask = async (): Promise<void> => {
      const messages = [{ role: 'user', content: `${content}${titleInstructions}` }];
      const body = JSON.stringify({ model: 'gpt-4o', messages });
      await fetch(`${server.url}/chat/completions`, { method: 'POST', body });
    };
    await ask();
    await ask();
    const { calls } = server.take();
    const [one, other] = calls.map(({ tokens }) => tokens);
    expect(one).toMatchObject({ cached: 0, completion: 1 });
    expect(other?.cached).toBe(Math.floor((one?.prompt ?? 0) / 128) * 128);
    await ask();
    expect(server.take().calls[0]?.tokens.cached).toBe(0);
  });

  it('reports a request that it cannot answer', async () => {
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: '=== 2507.99999' }] });
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(() => server.take()).toThrow('the model knows no paper 2507.99999');
  });
});
