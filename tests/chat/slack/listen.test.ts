import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlackPlatform } from '../../../src/chat/slack/index.ts';
import { readClick, readCommand, readMention, readReaction } from '../../../src/chat/slack/request.ts';
import { createClock } from '../../../src/core/clock.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { PlatformHandlers, Reaction } from '../../../src/core/platform.ts';
import { Secret } from '../../../src/core/secret.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../../fakes/local-slack.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { startSlackApi } from '../../fakes/slack-api.ts';
import { slackMessageSchema } from '../../fakes/slack-limits.ts';
import { shownText } from './shown.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const listen = async (slack: LocalSlack, handlers: Partial<PlatformHandlers>) => {
  const { lines, logger } = keepingLogger();
  const platform = createSlackPlatform({
    botToken: new Secret(slack.botToken),
    appToken: new Secret(slack.appToken),
    apiUrl: slack.apiUrl,
    clock: createClock(),
    logger,
  });
  open.unshift(platform);
  await platform.connect();
  const ignore = async () => {};
  const echo = async ({ text = '' }: { text?: string | undefined }) => textMessage(`You typed ${text}.`);
  const suggest = async () => [];
  const papers = { paperOf: async () => undefined, card: async () => undefined };
  await platform.listen({
    ...papers,
    command: echo,
    suggest,
    reactionAdded: ignore,
    reactionRemoved: ignore,
    ...handlers,
  });
  return { platform, lines };
};
const start = async (port?: number) => {
  const slack = await startLocalSlack({ port });
  open.push(slack);
  return slack;
};
const answers = async (slack: LocalSlack) =>
  (await slack.messages()).filter(({ subtype, ephemeral_to }) => subtype === 'ephemeral' && ephemeral_to);

describe.skipIf(!localSlackAvailable())('listening on Slack', () => {
  it('splits a long private answer into several messages, in order', async () => {
    const slack = await start();
    const items = Array.from({ length: 120 }, (_, index) => [`${index} ${'word '.repeat(40)}`]);
    const long: Message = { summary: 'Long', blocks: [{ type: 'list', ordered: true, items }] };
    await listen(slack, { command: async () => long });
    await slack.command('top 120', { user: slack.people.bob });
    await expect
      .poll(async () => (await answers(slack)).map(({ blocks }) => shownText(blocks)).join(''))
      .toMatch(/119 /);
    const shown = await answers(slack);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.length).toBeLessThanOrEqual(5);
    expect(shown.every(({ ephemeral_to }) => ephemeral_to === slack.people.bob)).toBe(true);
    for (const message of shown) slackMessageSchema.parse(message);
    expect(shown.map(({ blocks }) => shownText(blocks)).join('')).toBe(items.flat().join(''));
  });

  it('acknowledges a command before it is answered', async () => {
    const slack = await start();
    const answer = Promise.withResolvers<Message>();
    await listen(slack, { command: () => answer.promise });
    await slack.command('top 5');
    expect(await answers(slack)).toEqual([]);
    answer.resolve(textMessage('Done'));
    await expect.poll(async () => (await answers(slack)).length).toBe(1);
  });

  it('answers each mention once, also in a thread', async () => {
    const slack = await start();
    await listen(slack, { card: async () => textMessage('A card') });
    await slack.say(`<@${slack.bot}> show <https://arxiv.org/abs/2503.07639>`);
    const [mention] = await slack.messages();
    const ts = mention?.ts ?? '';
    const answer = 'You typed show https://arxiv.org/abs/2503.07639.';
    await expect
      .poll(async () => (await slack.thread(ts)).slice(1).map(({ blocks }) => shownText(blocks)))
      .toEqual([answer]);
    await slack.say(`<@${slack.bot}> top`, { thread: ts });
    await slack.say('See <https://arxiv.org/abs/2503.07639>', { thread: ts });
    await expect
      .poll(async () =>
        (await slack.thread(ts))
          .map(({ blocks }) => shownText(blocks))
          .filter(Boolean)
          .sort(),
      )
      .toEqual(['A card', answer, 'You typed top.']);
  });

  it('logs a failed handler and continues', async () => {
    const slack = await start();
    const received: Reaction[] = [];
    const { platform, lines } = await listen(slack, {
      async reactionAdded(reaction) {
        if (reaction.emoji === 'boom') throw new Error('the database is gone');
        received.push(reaction);
      },
    });
    const sent = await platform.send({ destination: 'slack:C01GEN', message: textMessage('Paper'), key: 'k' });
    await slack.react(sent.messageId, 'boom');
    await slack.react(sent.messageId, 'thumbsdown::skin-tone-5');
    await expect.poll(() => received.map(({ emoji }) => emoji)).toEqual(['thumbsdown::skin-tone-5']);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'event from Slack failed',
        fields: { event: 'reaction', reason: 'the database is gone', err: expect.any(Error) },
      },
    ]);
  });

  it('handles reactions in sequence', async () => {
    const slack = await start();
    const order: string[] = [];
    const { platform } = await listen(slack, {
      async reactionAdded() {
        await delay(60);
        order.push('added');
      },
      async reactionRemoved() {
        order.push('removed');
      },
    });
    const sent = await platform.send({ destination: 'slack:C01GEN', message: textMessage('Paper'), key: 'k' });
    await slack.react(sent.messageId, '+1');
    await slack.unreact(sent.messageId, '+1');
    await expect.poll(() => order).toEqual(['added', 'removed']);
  });

  it('logs a lost connection once, and listens again once Slack is back', async () => {
    const slack = await startLocalSlack();
    const { lines } = await listen(slack, {});
    await slack.close();
    await expect.poll(() => lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    const back = await start(Number(new URL(slack.apiUrl).port));
    await expect.poll(() => lines.map(({ message }) => message)).toContain('reconnected to Slack');
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    for (const { message } of lines) expect(message).toMatch(/^[a-z]/);
    await back.command('top 5');
    await expect
      .poll(async () => (await answers(back)).map(({ blocks }) => shownText(blocks)))
      .toEqual(['You typed top 5.']);
  });

  it('closes while Slack is down', async () => {
    const slack = await startLocalSlack();
    const { platform, lines } = await listen(slack, {});
    await slack.close();
    await expect.poll(() => lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await platform.close();
  });
});

describe('starting to listen on Slack', () => {
  const connected = async (appToken: string | undefined) => {
    const api = await startSlackApi(({ method }) =>
      method === 'apps.connections.open' ? { body: { ok: false, error: 'invalid_auth' } } : undefined,
    );
    const platform = createSlackPlatform({
      botToken: new Secret('xoxb-1'),
      appToken: appToken ? new Secret(appToken) : undefined,
      apiUrl: api.apiUrl,
      clock: createClock(),
      logger: keepingLogger().logger,
    });
    open.push(platform, api);
    await platform.connect();
    const nothing = async () => {};
    return platform.listen({
      command: async () => textMessage(''),
      suggest: async () => [],
      paperOf: async () => undefined,
      card: async () => undefined,
      reactionAdded: nothing,
      reactionRemoved: nothing,
    });
  };

  it('needs an app token or a signing secret, and says so', async () => {
    await expect(connected(undefined)).rejects.toThrow(UserError);
    await expect(connected(undefined)).rejects.toThrow(/SLACK_APP_TOKEN .*SLACK_SIGNING_SECRET/);
  });

  it('fails for good if Slack refuses the app token', async () => {
    await expect(connected('xapp-1')).rejects.toMatchObject({
      ...{ service: 'Slack', retryable: false },
      message: expect.stringMatching(/^Slack rejects SLACK_APP_TOKEN\. .* it begins with xapp-\.$/),
    });
  });
});

describe('an event from Slack', () => {
  const event = (more: object) => ({
    event_id: 'Ev1',
    team_id: 'T01',
    event: {
      type: 'reaction_added',
      user: 'U1',
      reaction: '+1',
      item: { type: 'message', channel: 'C1', ts: '1.1' },
      ...more,
    },
  });

  it('is read as a reaction on a message, but not on a file', () => {
    expect(readReaction(event({}))?.reaction.message).toEqual({ destination: 'slack:T01:C1', messageId: '1.1' });
    expect(readReaction(event({ item: { type: 'file', file: 'F1' } }))).toBeUndefined();
  });

  it.each(['+1', '+1::skin-tone-2', 'thumbsdown::skin-tone-6'])('keeps the name of the emoji: %s', (name) => {
    expect(readReaction(event({ reaction: name }))?.reaction.emoji).toBe(name);
  });

  it.each([
    ['another organization', { team_id: 'T9', authorizations: [{ team_id: 'T01' }], is_ext_shared_channel: true }],
    ['another workspace of a grid', { team_id: 'T9', authorizations: [{ team_id: 'T01', enterprise_id: 'E1' }] }],
    ['an app that both installed', { team_id: 'T01', authorizations: [{ team_id: 'T9' }] }],
    ['no workspace', { team_id: 'T01', authorizations: [{ team_id: null, is_enterprise_install: true }] }],
  ])('belongs to our workspace in a channel shared with %s', (_, envelope) => {
    const reaction = { ...event({}), ...envelope };
    expect(readReaction(reaction, 'T01')?.reaction).toMatchObject({
      message: { destination: 'slack:T01:C1' },
      person: 'slack:T01:U1',
    });
    const said = { ...event({ type: 'app_mention', text: '<@U0BOT> top', ts: '1.1', channel: 'C1' }), ...envelope };
    expect(readMention(said, 'U0BOT', 'T01')?.message).toMatchObject({
      ...{ destination: 'slack:T01:C1', person: 'slack:T01:U1', text: 'top' },
    });
  });

  it('of another installation of the app stays apart', () => {
    const other = { ...event({}), team_id: 'T8', authorizations: [{ team_id: 'T9' }] };
    expect(readReaction(other, 'T01')?.reaction.person).toBe('slack:T9:U1');
  });

  it('is read as the command that was typed, without escapes', () => {
    const body = { text: ' ask x &lt; y &amp;&amp; &amp;lt; ', team_id: 'T01', channel_id: 'D1', user_id: 'U1' };
    expect(readCommand(body, 0)).toMatchObject({
      text: 'ask x < y && &lt;',
      origin: { person: 'slack:T01:U1', destination: 'slack:T01:D1' },
    });
  });

  it('is placed in the bot’s workspace if a person of another one types or clicks', () => {
    const body = { text: 'top', team_id: 'T9', enterprise_id: 'E1', channel_id: 'C1', user_id: 'U1' };
    const ours = { person: 'slack:T01:U1', destination: 'slack:T01:C1' };
    expect(readCommand(body, 0, { team: 'T01' }).origin).toMatchObject(ours);
    const click = { team: { id: 'T9' }, user: { id: 'U1', team_id: 'T9' }, channel: { id: 'C1' } };
    expect(readClick({ ...click, actions: [{ value: 'top' }] }, 0, { team: 'T01' }).origin).toMatchObject(ours);
  });

  it('keeps the address of a person of another workspace, unless it is in the same grid', () => {
    const typed = (more: object) =>
      readCommand({ text: 'top', team_id: 'T01', channel_id: 'C1', user_id: 'U1', ...more }, 0, {
        ...{ team: 'T01', enterprise: 'E1' },
      }).origin.home;
    expect(typed({})).toBeUndefined();
    expect(typed({ team_id: 'T9' })).toBe('slack:T9:U1');
    expect(typed({ team_id: 'T9', enterprise_id: 'E2' })).toBe('slack:T9:U1');
    expect(typed({ team_id: 'T9', enterprise_id: 'E1' })).toBeUndefined();
    const clicked = (more: object) => {
      const click = { user: { id: 'U1' }, channel: { id: 'C1' }, actions: [{ value: 'top' }], ...more };
      return readClick(click, 0, { team: 'T01', enterprise: 'E1' }).origin.home;
    };
    expect(clicked({ team: { id: 'T01' } })).toBeUndefined();
    expect(clicked({ team: { id: 'T9' } })).toBe('slack:T9:U1');
    expect(clicked({ team: { id: 'T9', enterprise_id: 'E1' } })).toBeUndefined();
    expect(clicked({ team: null, enterprise: { id: 'E1' }, user: { id: 'U1', team_id: 'T9' } })).toBeUndefined();
  });
});
