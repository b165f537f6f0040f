import { z } from 'zod';

/** Bytes that a request may have. Anybody can send one; Slack's own are far smaller. */
const largestBody = 1_000_000;

const payloadSchema = z.record(z.string(), z.unknown());
type Payload = z.infer<typeof payloadSchema>;

/** A request's body byte by byte, or the status that says what is wrong with it. Reads no more than 1 MB. */
export const readBody = async (request: Request): Promise<Buffer | 400 | 413> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > largestBody) return 413;
      chunks.push(chunk);
    }
  } catch {
    // Whoever sent it went away.
    return 400;
  }
  return Buffer.concat(chunks);
};

const parseJson = (text: string): Payload | 400 => {
  try {
    return payloadSchema.safeParse(JSON.parse(text)).data ?? 400;
  } catch {
    return 400;
  }
};

const mediaType = (contentType: string | null): string => contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';

const form = 'application/x-www-form-urlencoded';

/** True where Slack only looks at the server's certificate: https://docs.slack.dev/interactivity/implementing-slash-commands */
export const isCertificateCheck = (contentType: string | null, body: Buffer): boolean =>
  mediaType(contentType) === form && new URLSearchParams(body.toString()).get('ssl_check') === '1';

/**
 * What a body of Slack's says, or the status that says what is wrong with it. Events are JSON; commands are forms; clicks
 * are forms with one field of JSON.
 */
export const readPayload = (contentType: string | null, body: Buffer): Payload | 400 | 415 => {
  switch (mediaType(contentType)) {
    case 'application/json':
      return parseJson(body.toString());
    case form: {
      const fields = Object.fromEntries(new URLSearchParams(body.toString()));
      return fields.payload === undefined ? fields : parseJson(fields.payload);
    }
    default:
      return 415;
  }
};
