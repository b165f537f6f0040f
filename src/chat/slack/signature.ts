import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../core/secret.ts';

/**
 * Maximum difference between a request's timestamp and system time, in milliseconds:
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
const replayWindow = 5 * 60_000;

/**
 * Why a request is not a recent one from Slack, for the log; undefined if it is. Bolt's own
 * check accepts any future timestamp, needs a decoded body, and loads all of Bolt.
 * @param request The body is the raw bytes.
 * @param now System time in milliseconds.
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
    return 'its signature is wrong; if Slack sent it, SLACK_SIGNING_SECRET is not the signing secret of the Slack app';
  // Checked last, so that a forged request cannot make people check their clock.
  if (Math.abs(now - Number(timestamp) * 1000) > replayWindow)
    return 'its timestamp is more than 5 minutes off; if it is from Slack, the clock of this machine is wrong';
  return undefined;
};
