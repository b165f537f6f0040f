import { withoutSecrets } from './secret.ts';

const megabyte = 1_000_000;

export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

/**
 * The text of a response's body, without the keys that the remote was sent. Stops reading as soon as it has more than
 * `maxBytes` after decompression, because a megabyte of gzip can become gigabytes.
 * @throws BodyTooLargeError, or the reason of the request's signal.
 */
export const readBody = async (response: Response, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLargeError(`an answer of more than ${Math.round(maxBytes / megabyte)} MB`);
    chunks.push(chunk);
  }
  return withoutSecrets(new TextDecoder().decode(Buffer.concat(chunks)));
};
