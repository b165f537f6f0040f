import { createHmac } from 'node:crypto';

export const signingSecret = 'local-signing-secret';
export const address = 'http://127.0.0.1/slack/events';

type Told = {
  /** Milliseconds since 1970. */
  at?: number;
  secret?: string;
  type?: string;
  headers?: Record<string, string>;
};

/** A request as Slack sends and signs it. */
export const signed = (body: string, { at = Date.now(), secret = signingSecret, type, headers }: Told = {}) => {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': type ?? (body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded'),
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
      ...headers,
    },
  };
};

/** A reaction as the Events API tells it. */
export const reactionEvent = (id: string, emoji = '+1'): string =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T01',
    event_id: id,
    event: {
      type: 'reaction_added',
      user: 'U1',
      reaction: emoji,
      item: { type: 'message', channel: 'C1', ts: '1.1' },
    },
  });

/** A typed command as Slack sends it. */
export const commandForm = (text: string, responseUrl: string, command = '/arxiv'): string =>
  new URLSearchParams({
    ...{ team_id: 'T01', channel_id: 'C1', user_id: 'U1', command, text },
    response_url: responseUrl,
    trigger_id: `${Math.random()}`,
  }).toString();
