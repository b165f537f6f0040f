import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import { z } from 'zod';
import { atMost, type Clock } from '../../core/clock.ts';
import { parseJson } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import type { Webhook } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { createSeen, type SeenBy } from '../kit/seen.ts';
import { signatureFault } from './signature.ts';

/** Anyone can send a request. Slack's own are far smaller. */
const maxBodyBytes = 1_000_000;

const payloadSchema = z.record(z.string(), z.unknown());
type Payload = z.infer<typeof payloadSchema>;

const readBody = async (request: Request): Promise<Buffer | 400 | 413> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBodyBytes) return 413;
      chunks.push(chunk);
    }
  } catch {
    // The sender closed the connection.
    return 400;
  }
  return Buffer.concat(chunks);
};

const payloadOf = (text: string): Payload | 400 => payloadSchema.safeParse(parseJson(text)).data ?? 400;

const mediaType = (contentType: string | null): string => contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';

const form = 'application/x-www-form-urlencoded';

/** Slack checks the server's certificate: https://docs.slack.dev/interactivity/implementing-slash-commands */
const isCertificateCheck = (contentType: string | null, body: Buffer): boolean =>
  mediaType(contentType) === form && new URLSearchParams(body.toString()).get('ssl_check') === '1';

/**
 * Events are JSON, commands are forms, and clicks are forms with one field of JSON. Returns an HTTP status if there
 * is a problem.
 */
const readPayload = (contentType: string | null, body: Buffer): Payload | 400 | 415 => {
  switch (mediaType(contentType)) {
    case 'application/json':
      return payloadOf(body.toString());
    case form: {
      const fields = Object.fromEntries(new URLSearchParams(body.toString()));
      return fields.payload === undefined ? fields : payloadOf(fields.payload);
    }
    default:
      return 415;
  }
};

/** The end of every Request URL entered in Slack. */
const webhookPath = '/slack/events';

/** Milliseconds after which a request is acknowledged even if its handler is still busy. Slack waits 3 seconds. */
const maxAckDelay = 2500;
/** Milliseconds between log lines about rejected requests, because anyone can send them. */
const rejectionPause = 60_000;
/** Slack sends at most 30,000 events an hour, so this covers the 10 minutes for which a signature is valid. */
const maxSeenRequests = 5000;

type Setup = { signingSecret: Secret; clock: Clock; logger: Logger; seenBy?: SeenBy | undefined };
type Process = (event: ReceiverEvent) => Promise<void>;

type SlackWebhook = {
  webhook: Webhook;
  /** For Bolt. Before `start` and after `stop`, requests get status 503, so that Slack sends them again. */
  receiver(onError: (error: unknown) => void): Receiver;
};

const createRejections = ({ clock, logger }: Pick<Setup, 'clock' | 'logger'>) => {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let rejected = 0;
  return (reason: string): void => {
    rejected += 1;
    if (clock.monotonic() < quietUntil) return;
    logger.warn({ reason, rejected }, 'request to the Slack webhook rejected');
    quietUntil = clock.monotonic() + rejectionPause;
    rejected = 0;
  };
};

const empty = (status: number, headers?: Record<string, string>): Response => new Response(null, { status, headers });

const acknowledgement = (answer: unknown): Response => {
  if (answer === undefined || answer === '') return empty(200);
  return typeof answer === 'string' ? new Response(answer) : Response.json(answer);
};

const retryOf = (headers: Headers): Pick<ReceiverEvent, 'retryNum' | 'retryReason'> => {
  const [retryNum, retryReason] = [headers.get('x-slack-retry-num'), headers.get('x-slack-retry-reason')];
  return { ...(retryNum && { retryNum: Number(retryNum) }), ...(retryReason && { retryReason }) };
};

/** Responds when the event is acknowledged, while its handler continues. */
const acknowledged = async (process: Process, event: Omit<ReceiverEvent, 'ack'>, clock: Clock): Promise<Response> => {
  const answer = Promise.withResolvers<Response>();
  const ack = async (content: unknown) => answer.resolve(acknowledgement(content));
  // If nothing has acknowledged the event by the end, no handler wanted it.
  void process({ ...event, ack }).then(() => answer.resolve(empty(404)));
  await atMost(maxAckDelay, answer.promise, clock);
  answer.resolve(empty(200));
  return answer.promise;
};

/**
 * Slack's HTTP mode. Passes requests to Bolt if they are new, signed with the app's secret, and no older than 5
 * minutes. https://docs.slack.dev/apis/events-api/using-http-request-urls
 */
export const createSlackWebhook = ({ signingSecret, clock, logger, seenBy }: Setup): SlackWebhook => {
  const reject = createRejections({ clock, logger });
  const isNew = createSeen(maxSeenRequests, seenBy);
  let process: Process | undefined;

  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return empty(405, { allow: 'POST' });
    const body = await readBody(request);
    if (typeof body === 'number') return empty(body);
    const { headers } = request;
    const contentType = headers.get('content-type');
    // Slack sends these from time to time, without a signature.
    if (isCertificateCheck(contentType, body)) return empty(200);
    const fault = signatureFault(signingSecret, { headers, body }, clock.realNow());
    if (fault) {
      reject(fault);
      return empty(401);
    }
    const payload = readPayload(contentType, body);
    if (typeof payload === 'number') return empty(payload);
    // Sent when the URL is entered in Slack, possibly before the bot is connected.
    if (payload.type === 'url_verification') return Response.json({ challenge: payload.challenge });
    if (!process) return empty(503);
    // A replayed request, or one that a proxy sent twice.
    if (!(await isNew(headers.get('x-slack-signature') ?? ''))) return empty(200);
    return acknowledged(process, { body: payload, ...retryOf(headers) }, clock);
  };

  return {
    webhook: { path: webhookPath, alternative: 'set SLACK_APP_TOKEN for Socket Mode', handle },
    receiver(onError) {
      let app: App | undefined;
      return {
        init(created) {
          app = created;
        },
        async start() {
          process = async (event) => {
            try {
              await app?.processEvent(event);
            } catch (error) {
              onError(error);
              // Otherwise Slack sends it again, and it fails again.
              await event.ack();
            }
          };
        },
        async stop() {
          process = undefined;
        },
      };
    },
  };
};
