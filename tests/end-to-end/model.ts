import { type ErrorResponse, LLMock } from '@copilotkit/aimock';

export type ModelVerdict = { relevance: number; novelty: number; comment: string };

/** A call of the model under way: the how manyth it is, from 1, and the papers that it is asked about. */
export type ModelCall = { number: number; ids: string[] };

/** An OpenAI-compatible server by others, which scores the papers of each call as it is told. */
export type Model = {
  env: Record<string, string>;
  /** Ids of each call so far, in the order of the calls. */
  calls: string[][];
  close(): Promise<void>;
};

const usage = { prompt_tokens: 3_000, completion_tokens: 300, total_tokens: 3_300 };

/**
 * @param verdictOf Is asked for each paper of a call, with all that the call says.
 * @param onCall Comes before the answer; what it returns is answered instead.
 */
export const startModel = async (
  verdictOf: (id: string, prompt: string) => ModelVerdict | undefined,
  onCall: (call: ModelCall) => ErrorResponse | undefined = () => undefined,
): Promise<Model> => {
  const mock = new LLMock({ port: 0 });
  const calls: string[][] = [];
  mock.on({ endpoint: 'chat' }, (request) => {
    const text = request.messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n');
    const ids = [...text.matchAll(/<paper id="([^"]+)">/g)].map((match) => match[1] ?? '');
    const instead = onCall({ number: calls.push(ids), ids });
    if (instead) return instead;
    const papers = ids.flatMap((id) => {
      const verdict = verdictOf(id, text);
      return verdict ? [{ id, ...verdict }] : [];
    });
    return { content: JSON.stringify({ papers }), usage };
  });
  await mock.start();
  return {
    env: { OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'sk-local' },
    calls,
    close: () => mock.stop(),
  };
};
