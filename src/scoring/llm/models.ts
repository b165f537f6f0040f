import { z } from 'zod';
import { readBody } from '../../core/body.ts';
import { parseJson } from '../../core/json.ts';
import type { Secret } from '../../core/secret.ts';

/** A list of models has a few hundred entries of a few hundred bytes. */
export const maxListBytes = 4_000_000;

const named = z.looseObject({ id: z.string().optional(), name: z.string().optional() });
/** OpenAI's list, and what Together and llama.cpp answer. Ollama's is null if it has no models. */
const listSchema = z
  .union([
    z.array(named),
    z.looseObject({ data: z.array(named).nullable() }),
    z.looseObject({ models: z.array(named).nullable() }),
  ])
  .transform((list): string[] => {
    const found = Array.isArray(list) ? list : 'data' in list ? list.data : list.models;
    return ((found ?? []) as z.infer<typeof named>[]).flatMap(({ id, name }) => id ?? name ?? []);
  });

/** The names of models in the answer to `/models`; undefined if it is not a list. */
export const modelsIn = (text: string): string[] | undefined => listSchema.safeParse(parseJson(text)).data;

type ListRequest = { baseUrl: string; apiKey?: Secret | undefined; timeoutMs: number };

/** The models of a server; undefined if it does not answer with a list in time. Never rejects. */
export const listModels = async ({ baseUrl, apiKey, timeoutMs }: ListRequest): Promise<string[] | undefined> => {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: { accept: 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey.reveal()}` }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return response.ok ? modelsIn(await readBody(response, maxListBytes)) : undefined;
  } catch {
    return undefined;
  }
};
