import { describe, expect, test } from 'vitest';
import type { ModelHabits } from '../../../src/core/score.ts';
import type { ModelHabitStore } from '../../../src/core/stores.ts';
import { createHabits } from '../../../src/scoring/llm/habits.ts';
import { type CompatibleServer, compatibleServers, startCompatibleServer } from '../../fakes/openai-servers.ts';
import { collect, idsOf, papersOf, scorerFor, sleeplessClock, taskOf } from './setup.ts';

const papers = 24;
const batchSize = 12;
const timeoutMs = 120_000;
/** Three papers take less than the timeout, four more. */
const msPerPaper = 32_000;

const createStore = (): ModelHabitStore => {
  let stored: { habits: ModelHabits; at: string } | undefined;
  return {
    find: async () => stored,
    save: async (_server, _model, habits, at) => {
      stored = JSON.parse(JSON.stringify({ habits, at }));
    },
  };
};

/** Scores two days, the second after a restart. @returns the papers per call of each day. */
const twoDays = async (name: CompatibleServer, kind: 'plain' | 'thinking' | 'slow') => {
  const clock = sleeplessClock();
  const server = await startCompatibleServer(name, { isThinking: kind === 'thinking' });
  /** Takes the time of a slow model without waiting. An answer that comes too late is the SDK's timeout. */
  const slowFetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const ms = (server.batches.at(-1) ?? 0) * msPerPaper;
    if (response.ok && ms >= timeoutMs) {
      await response.body?.cancel();
      throw new Error('the request timed out');
    }
    if (response.ok) clock.skip(ms);
    return response;
  };
  try {
    const store = createStore();
    const day = async (): Promise<number[]> => {
      const before = server.batches.length;
      const habits = createHabits({ store, server: server.url, model: 'free', now: () => clock.now() });
      const clientOptions = { habits, ...(kind === 'slow' && { timeoutMs, fetch: slowFetch }) };
      const { scorer } = scorerFor(server.url, { batchSize, clock, concurrency: 1, clientOptions });
      const { verdicts, ids, stop } = await collect(scorer, taskOf(papersOf(papers)));
      expect({ ids, stop }).toEqual({ ids: idsOf(papers), stop: undefined });
      expect(verdicts.every(({ relevance, novelty }) => relevance === 8 && novelty === 7)).toBe(true);
      return server.batches.slice(before);
    };
    return [await day(), await day()];
  } finally {
    await server.close();
  }
};

const names = Object.keys(compatibleServers) as CompatibleServer[];
const whole = [12, 12];

/** Papers per call on the first day. Two calls are needed, or as many as the model's context makes necessary. */
const firstDays: Record<CompatibleServer, { plain: number[]; thinking: number[] }> = {
  // The temperature is refused, and the first limit is spent on thinking.
  OpenAI: { plain: whole, thinking: [12, 12, ...whole] },
  // The name of the limit is refused; with thinking as above.
  Azure: { plain: [12, ...whole], thinking: [12, 12, ...whole] },
  // Thoughts and answer share 4,096 tokens with the prompt.
  Ollama: { plain: whole, thinking: [12, 12, 6, 6, 6, 6, 6] },
  vLLM: { plain: whole, thinking: [12, ...whole] },
  // The context has room for six papers.
  'llama.cpp': { plain: [12, 6, 6, 6, 6], thinking: [12, 6, 6, 6, 6, 6, 6] },
  // The model is loading.
  'LM Studio': { plain: [12, ...whole], thinking: [12, 12, ...whole] },
  // The schema is refused, then the first limit is spent on thinking.
  DeepSeek: { plain: [12, ...whole], thinking: [12, 12, ...whole] },
  // A provider fails while the schema is left out, so that is tried once more.
  OpenRouter: { plain: [12, 12, 12, ...whole], thinking: [12, 12, 12, 12, ...whole] },
  // The schema is refused, then the rate.
  Groq: { plain: [12, 12, ...whole], thinking: [12, 12, 12, ...whole] },
  // The schema is refused without a reason, then the first limit is spent on thinking.
  Gemini: { plain: [12, ...whole], thinking: [12, 12, ...whole] },
};

/** Papers per call once the server is known. */
const laterDays: Partial<Record<CompatibleServer, { plain: number[]; thinking: number[] }>> = {
  Ollama: { plain: whole, thinking: [6, 6, 6, 6] },
  'llama.cpp': { plain: [6, 6, 6, 6], thinking: [6, 6, 6, 6] },
};

describe('a day is scored by the model', () => {
  test.each(names)('of %s', async (name) => {
    expect(await twoDays(name, 'plain')).toEqual([firstDays[name].plain, laterDays[name]?.plain ?? whole]);
  });

  test.each(names)('of %s that thinks', async (name) => {
    expect(await twoDays(name, 'thinking')).toEqual([firstDays[name].thinking, laterDays[name]?.thinking ?? whole]);
  });

  test.each(names)('of %s that has time for three papers', async (name) => {
    const [first = [], later = []] = await twoDays(name, 'slow');
    // Twelve and six papers run out of time once each.
    expect(first.filter((count) => count === 6).length).toBeLessThanOrEqual(1);
    expect(first.length).toBeLessThanOrEqual(firstDays[name].plain.length + 13);
    expect(Math.max(...later)).toBe(3);
    expect(later.length).toBeLessThanOrEqual(12);
  });
});
