import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import { atMost, type Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Webhook } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { createSeen } from './events.ts';
import { isCertificateCheck, readBody, readPayload } from './payload.ts';
import { signatureFault } from './signature.ts';

/** Where Slack sends events, commands and clicks; each of its Request URLs ends in this. */
const webhookPath = '/slack/events';

/** Milliseconds after which a request is acknowledged whatever its handler does. Slack waits 3 seconds. */
const maxAckDelay = 2500;
/** Milliseconds between two log lines on refused requests: anybody can send them. */
const refusalPause = 60_000;
/** Signatures that are remembered: what comes in 10 minutes of the 30,000 events an hour that Slack sends at most. */
const rememberedRequests = 5000;

type Setup = { signingSecret: Secret; clock: Clock; logger: Logger };
type Hear = (event: ReceiverEvent) => Promise<void>;

export type SlackWebhook = {
  webhook: Webhook;
  /** For Bolt: from `start` to `stop` its app hears what comes in; else Slack is asked to try again. */
  receiver(onError: (error: unknown) => void): Receiver;
};

const refusals = ({ clock, logger }: Pick<Setup, 'clock' | 'logger'>) => {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return (reason: string): void => {
    untold += 1;
    if (clock.monotonic() < quietUntil) return;
    logger.warn({ reason, refused: untold }, 'request to the webhook of Slack refused');
    quietUntil = clock.monotonic() + refusalPause;
    untold = 0;
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

/** Answers as soon as the event is acknowledged; what there is to do goes on. */
const acknowledged = async (hear: Hear, event: Omit<ReceiverEvent, 'ack'>, clock: Clock): Promise<Response> => {
  const answer = Promise.withResolvers<Response>();
  const ack = async (told: unknown) => answer.resolve(acknowledgement(told));
  // What is not acknowledged when all is done was for nobody here.
  void hear({ ...event, ack }).then(() => answer.resolve(empty(404)));
  await atMost(maxAckDelay, answer.promise, clock);
  answer.resolve(empty(200));
  return answer.promise;
};

/**
 * Slack's HTTP mode: takes what is signed with the app's secret, was signed within 5 minutes and came once, and hands
 * it to Bolt. https://docs.slack.dev/apis/events-api/using-http-request-urls
 */
export const createSlackWebhook = ({ signingSecret, clock, logger }: Setup): SlackWebhook => {
  const refuse = refusals({ clock, logger });
  const isNew = createSeen(rememberedRequests);
  let hear: Hear | undefined;

  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return empty(405, { allow: 'POST' });
    const body = await readBody(request);
    if (typeof body === 'number') return empty(body);
    const { headers } = request;
    const contentType = headers.get('content-type');
    // Asked by Slack now and then, without a signature, and answered without a word.
    if (isCertificateCheck(contentType, body)) return empty(200);
    const fault = signatureFault(signingSecret, { headers, body }, clock.realNow());
    if (fault) {
      refuse(fault);
      return empty(401);
    }
    const payload = readPayload(contentType, body);
    if (typeof payload === 'number') return empty(payload);
    // Asked for while the URL is entered at Slack, which may be before the bot is connected.
    if (payload.type === 'url_verification') return Response.json({ challenge: payload.challenge });
    if (!hear) return empty(503);
    // A request that somebody caught and sends again, or that a proxy sends twice.
    if (!isNew(headers.get('x-slack-signature') ?? '')) return empty(200);
    return acknowledged(hear, { body: payload, ...retryOf(headers) }, clock);
  };

  return {
    webhook: { path: webhookPath, alternative: 'set SLACK_APP_TOKEN for Socket Mode', handle },
    receiver(onError) {
      let app: App | undefined;
      return {
        init(made) {
          app = made;
        },
        async start() {
          hear = async (event) => {
            try {
              await app?.processEvent(event);
            } catch (error) {
              onError(error);
              // It would fail again.
              await event.ack();
            }
          };
        },
        async stop() {
          hear = undefined;
        },
      };
    },
  };
};
