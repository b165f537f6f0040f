import { createHmac } from 'node:crypto';

export const signingSecret = 'local-signing-secret';
export const address = 'http://127.0.0.1/slack/events';

type Signing = {
  /** Milliseconds since 1970. */
  at?: number;
  secret?: string;
  type?: string;
  headers?: Record<string, string>;
};

/** A request as Slack sends and signs it. */
export const signed = (body: string, { at = Date.now(), secret = signingSecret, type, headers }: Signing = {}) => {
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

/** A reaction as the Events API sends it. */
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

const formOf = (payload: object): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const someone = { team: { id: 'T01' }, user: { id: 'U1' } };

/** A pressed button as Slack sends it. */
export const clickForm = (command: string, responseUrl: string, more: { thread?: string; trigger?: string } = {}) =>
  formOf({
    ...{ type: 'block_actions', ...someone, channel: { id: 'C1' }, response_url: responseUrl },
    trigger_id: more.trigger ?? `${Math.random()}`,
    container: { type: 'message', message_ts: '2.2', channel_id: 'C1' },
    message: { ts: '2.2', ...(more.thread && { thread_ts: more.thread }) },
    actions: [{ type: 'button', action_id: 'paperboy:0', block_id: 'b', value: command }],
  });

/** An entry of the menu on a message. */
export const shortcutForm = (callback: string, ts: string, responseUrl: string) =>
  formOf({
    ...{ type: 'message_action', ...someone, channel: { id: 'C1' }, response_url: responseUrl },
    ...{ callback_id: callback, trigger_id: `${Math.random()}`, message: { ts, thread_ts: '1.0' } },
  });

/** A submitted form. */
export const submissionForm = (view: { private_metadata: string }, values: object) =>
  formOf({
    ...{ type: 'view_submission', ...someone, trigger_id: `${Math.random()}` },
    view: { id: 'V1', type: 'modal', callback_id: 'paperboy_form', ...view, state: { values } },
  });

/** A message or mention as the Events API sends it. */
export const messageEvent = (id: string, event: object): string =>
  JSON.stringify({
    ...{ type: 'event_callback', team_id: 'T01', event_id: id },
    event: { type: 'message', user: 'U1', channel: 'C1', ts: '3.3', ...event },
  });
