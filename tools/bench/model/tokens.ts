import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { z } from 'zod';

/** The parts of a chat request that a model reads. */
export const chatRequestSchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  response_format: z.object({ json_schema: z.object({ schema: z.unknown() }).optional() }).optional(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

const encoder = new Tiktoken(o200k);

const encode = (text: string): number[] => encoder.encode(text, [], []);

export const countTokens = (text: string): number => encode(text).length;

/** Stand for the special tokens around each message. They are not in the encoder's vocabulary. */
const special = { start: -1, separator: -2, end: -3 };

/**
 * A prompt's tokens in the order in which OpenAI reads them: the schema of the answer, then the messages. Each message
 * costs three tokens and its role, and the start of the answer three more
 * (https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb). Requires a model
 * with the encoding o200k_base, such as gpt-4o.
 */
export const promptTokens = ({ messages, response_format: format }: ChatRequest): number[] => {
  const schema = format?.json_schema ? encode(JSON.stringify(format.json_schema.schema)) : [];
  const tokens = [...schema];
  for (const { role, content } of messages)
    for (const token of [special.start, ...encode(role), special.separator, ...encode(content), special.end])
      tokens.push(token);
  tokens.push(special.start, ...encode('assistant'), special.separator);
  return tokens;
};
