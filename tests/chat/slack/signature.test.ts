import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signatureFault } from '../../../src/chat/slack/signature.ts';
import { Secret } from '../../../src/core/secret.ts';

/** The example of https://docs.slack.dev/authentication/verifying-requests-from-slack */
const example = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const signedAt = Number(example.timestamp) * 1000;

const fault = (change: Partial<typeof example> & { now?: number; bytes?: Uint8Array } = {}) => {
  const { secret, timestamp, body, signature } = { ...example, ...change };
  const headers = new Headers({ 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature });
  const bytes = change.bytes ?? new TextEncoder().encode(body);
  return signatureFault(new Secret(secret), { headers, body: bytes }, change.now ?? signedAt);
};

describe('the signature of a request', () => {
  it("is valid for the example in Slack's documentation", () => {
    expect(fault()).toBeUndefined();
  });

  it.each([
    ['another body', { body: `${example.body}&text=clear` }],
    ['another timestamp', { timestamp: '1531420619' }],
    ['another secret', { secret: 'hush' }],
    ['one more digit', { signature: `${example.signature}0` }],
    ['one digit changed', { signature: example.signature.replace('a2', 'b2') }],
    ['capital letters', { signature: example.signature.toUpperCase() }],
    ['another version', { signature: example.signature.replace('v0', 'v1') }],
    ['no digits', { signature: 'v0=' }],
    ['letters that are longer in bytes', { signature: 'é'.repeat(67) }],
  ])('is wrong with %s', (_, change) => {
    expect(fault(change)).toMatch(/SLACK_SIGNING_SECRET/);
  });

  it.each([
    ['no signature', { signature: '' }],
    ['no timestamp', { timestamp: '' }],
    ['a timestamp that is not a number', { timestamp: 'NaN' }],
    ['a timestamp with a sign', { timestamp: '-1' }],
  ])('is missing with %s', (_, change) => {
    expect(fault(change)).toBe('it is not signed');
  });

  it('is valid for five minutes before and after', () => {
    for (const minutes of [-5, 5]) {
      expect(fault({ now: signedAt + minutes * 60_000 })).toBeUndefined();
      expect(fault({ now: signedAt + minutes * 60_200 })).toMatch(/5 minutes.*clock/);
    }
  });

  it('covers the bytes, even if they are not text', () => {
    const bytes = Uint8Array.of(0xff, 0xfe, 0x00);
    const hmac = createHmac('sha256', example.secret).update(`v0:${example.timestamp}:`).update(bytes);
    const signature = `v0=${hmac.digest('hex')}`;
    expect(fault({ bytes, signature })).toBeUndefined();
    expect(fault({ bytes: Uint8Array.of(0xfd, 0xfe, 0x00), signature })).toMatch(/wrong/);
  });
});
