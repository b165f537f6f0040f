import { withoutSecrets } from './secret.ts';

const megabyte = 1_000_000;

/** The message completes a sentence such as "arXiv sent …". */
export class BodyLimitError extends Error {
  override name = 'BodyLimitError';
}

/** Real answers have a fifth of it. Parsing 200,000 levels takes 200 MB and more. */
const maxDepth = 100;

/** True for JSON with more levels. Anything else is not examined. */
const isNestedTooDeeply = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length && depth <= maxDepth; at += 1) {
    const sign = text[at];
    if (isInString && sign === '\\') at += 1;
    else if (sign === '"') isInString = !isInString;
    else if (!isInString && (sign === '[' || sign === '{')) depth += 1;
    else if (!isInString && (sign === ']' || sign === '}')) depth -= 1;
  }
  return depth > maxDepth;
};

/**
 * The text of a response's body, without the keys that the remote was sent. Stops reading as soon as it has more than
 * `maxBytes` after decompression, because a megabyte of gzip can become gigabytes.
 * @throws BodyLimitError if it has more or is nested too deeply, or the reason of the request's signal.
 */
export const readBody = async (response: Response, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyLimitError(`an answer of more than ${Math.round(maxBytes / megabyte)} MB`);
    chunks.push(chunk);
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  if (isNestedTooDeeply(text)) throw new BodyLimitError('an answer that is nested too deeply');
  return withoutSecrets(text);
};
