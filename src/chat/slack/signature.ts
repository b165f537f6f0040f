import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../core/secret.ts';

/** Milliseconds by which a request's timestamp may be off: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const replayWindow = 5 * 60_000;

/**
 * What speaks against a request being Slack's own and of just now, as a reader of the log is told; undefined where
 * nothing does. Bolt's own check takes a timestamp of any time to come and a body decoded already, and loads all of Bolt.
 *
 * @param request the body byte by byte as it came, and the headers
 * @param now real time, milliseconds since 1970
 */
export const signatureFault = (
  signingSecret: Secret,
  request: { headers: Headers; body: Uint8Array },
  now: number,
): string | undefined => {
  const timestamp = request.headers.get('x-slack-request-timestamp') ?? '';
  const signature = request.headers.get('x-slack-signature') ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || !signature) return 'it is not signed';
  const hmac = createHmac('sha256', signingSecret.reveal()).update(`v0:${timestamp}:`).update(request.body);
  const [expected, given] = [Buffer.from(`v0=${hmac.digest('hex')}`), Buffer.from(signature)];
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    return 'its signature is wrong; if it is from Slack, SLACK_SIGNING_SECRET is not the secret of this app';
  // Told only of what is signed, so that whoever guesses cannot send people after their clock.
  if (Math.abs(now - Number(timestamp) * 1000) > replayWindow)
    return 'it was signed more than 5 minutes ago or ahead; if it is from Slack, the clock of this machine is wrong';
  return undefined;
};
