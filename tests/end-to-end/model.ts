import { type ErrorResponse, LLMock } from '@copilotkit/aimock';

export type ModelVerdict = { relevance: number; novelty: number; comment: string };

/** A model call: its number, from 1, and the ids of its papers. */
export type ModelCall = { number: number; ids: string[] };

/** A third-party OpenAI-compatible server with scripted scores. */
export type Model = {
  env: Record<string, string>;
  /** Paper ids of each scoring call so far, in order. */
  calls: string[][];
  /** Paper ids of each call for comments on scored papers so far. */
  comments: string[][];
  /** Prompts of the calls that expand topics. */
  expansions: string[];
  close(): Promise<void>;
};

const usage = { prompt_tokens: 3_000, completion_tokens: 300, total_tokens: 3_300 };
const commentUsage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };

/** The model's answer about any topics. */
const expansion = `# Gears

## Learning gears
- Relevant: gears that learn, cogs, pinions, gear ratios, transmissions.
- Irrelevant: lubricants.`;

/** @param onCall Runs before the answer; what it returns is answered instead. */
export const startModel = async (
  verdictOf: (id: string, prompt: string) => ModelVerdict | undefined,
  onCall: (call: ModelCall) => ErrorResponse | undefined = () => undefined,
): Promise<Model> => {
  const mock = new LLMock({ port: 0 });
  const calls: string[][] = [];
  const comments: string[][] = [];
  const expansions: string[] = [];
  // Named, so that the server lists it.
  mock.on({ endpoint: 'chat', model: 'gpt-4o-mini' }, (request) => {
    const text = request.messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n');
    if (text.includes('<topics>')) {
      expansions.push(text);
      return { content: expansion, usage };
    }
    const ids = [...text.matchAll(/^=== (?!end$)(\S+)/gm)].map((match) => match[1] ?? '');
    const verdicts = ids.flatMap((id) => {
      const verdict = verdictOf(id, text);
      return verdict ? [{ id, ...verdict }] : [];
    });
    if (text.includes('Comment on the')) {
      comments.push(ids);
      const papers = verdicts.map(({ id, comment }) => ({ id, comment }));
      return { content: JSON.stringify({ papers }), usage: commentUsage };
    }
    const instead = onCall({ number: calls.push(ids), ids });
    if (instead) return instead;
    const papers = text.includes('field comment') ? verdicts : verdicts.map(({ comment, ...scores }) => scores);
    return { content: JSON.stringify({ papers }), usage };
  });
  await mock.start();
  return {
    env: { OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'sk-local' },
    calls,
    comments,
    expansions,
    close: () => mock.stop(),
  };
};
