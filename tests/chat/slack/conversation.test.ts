import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Clock, createClock } from '../../../src/core/clock.ts';
import { type Answer, type Form, type Message, textMessage } from '../../../src/core/message.ts';
import type { CommandRequest, PlatformHandlers } from '../../../src/core/platform.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import type { SlackApiAnswer, SlackApiCall } from '../../fakes/slack-api.ts';
import { slackMessageSchema, slackModalSchema } from '../../fakes/slack-limits.ts';
import { connect } from './connect.ts';
import { shownText } from './shown.ts';
import {
  address,
  clickForm,
  commandForm,
  messageEvent,
  shortcutForm,
  signed,
  signingSecret,
  submissionForm,
} from './signed.ts';

const form: Form = {
  title: 'Change the topics',
  fields: [{ name: 'topics', label: 'Topics', kind: 'text', value: 'Sorting', required: true }],
  submit: { label: 'Save', command: 'topics save' },
};

type Responder = (call: SlackApiCall) => SlackApiAnswer | undefined;

/** A platform that listens over HTTP, with the requests that it receives and the messages that it sends. */
const connectListening = async (
  command: (request: CommandRequest) => Promise<Answer>,
  more: Partial<PlatformHandlers> & { slack?: Responder; clock?: Clock } = {},
) => {
  const { slack, clock, ...handlers } = more;
  const { lines, logger } = keepingLogger();
  const successes: Record<string, SlackApiAnswer> = Object.fromEntries(
    ['views.open', 'chat.update', 'chat.postEphemeral', 'chat.delete'].map((name) => [name, { body: { ok: true } }]),
  );
  const respond: Responder = (call) => slack?.(call) ?? (call.method === 'answer' ? {} : successes[call.method]);
  const { api, platform, calls } = await connect(respond, { signingSecret, logger, clock });
  const received: CommandRequest[] = [];
  await platform.listen({
    async command(request) {
      received.push(request);
      return command(request);
    },
    ...{ suggest: async () => [], paperOf: async () => undefined, card: async () => undefined },
    ...{ reactionAdded: async () => {}, reactionRemoved: async () => {}, ...handlers },
  });
  const send = async (body: string) => platform.webhook?.handle(new Request(address, signed(body)));
  /** The calls of a method, by default the answers to requests, each with its text. */
  const sent = (method = 'answer'): (Record<string, string> & { shown: string })[] =>
    calls(method).map(({ args }) => {
      const blocks: unknown = JSON.parse(args.blocks ?? '[]');
      slackMessageSchema.parse({ text: args.text, blocks });
      return { ...args, shown: shownText(blocks) };
    });
  return { api, platform, received, send, sent, calls, lines, url: `${api.apiUrl}/answer` };
};
const echo = async ({ text }: CommandRequest) => textMessage(`You typed ${text}.`);
const openForm = async () => ({ form });

describe('a button in Slack', () => {
  it('sends its command; the answer is private, in the thread, and never replaces the message', async () => {
    const { send, received, sent, url } = await connectListening(echo);
    expect((await send(clickForm('show 2503.07639', url, { thread: '1.0' })))?.status).toBe(200);
    await expect.poll(() => sent().length).toBe(1);
    expect(received).toMatchObject([{ text: 'show 2503.07639', person: 'slack:T01:U1', destination: 'slack:T01:C1' }]);
    expect(sent()).toMatchObject([
      { response_type: 'ephemeral', replace_original: 'false', thread_ts: '1.0', shown: 'You typed show 2503.07639.' },
    ]);
  });

  it('shows progress only once, because a second would replace the message of the button', async () => {
    const { send, sent, url } = await connectListening(async ({ progress }) => {
      for (const done of [1, 2, 3]) await progress?.(textMessage(`${done} of 3`));
      return textMessage('Done');
    });
    await send(clickForm('rescore today', url));
    await expect.poll(() => sent().map(({ shown }) => shown)).toEqual(['1 of 3', 'Done']);
    expect(replacesNothing(sent())).toBe(true);
  });

  it('gets a public answer in the thread', async () => {
    const { send, sent, url } = await connectListening(async () => ({ ...textMessage('For all'), isPublic: true }));
    await send(clickForm('stats', url, { thread: '1.0' }));
    await expect
      .poll(() => sent('chat.postMessage'))
      .toMatchObject([{ channel: 'C1', thread_ts: '1.0', shown: 'For all' }]);
    expect(sent()).toEqual([]);
  });
});
const replacesNothing = (answers: Record<string, string>[]) =>
  answers.every((answer) => answer.replace_original === 'false');

describe('a slash command in Slack', () => {
  it('gets a public answer in the channel', async () => {
    const { send, sent, url } = await connectListening(async () => ({ ...textMessage('For all'), isPublic: true }));
    await send(commandForm('stats', url));
    await expect.poll(() => sent()).toMatchObject([{ response_type: 'in_channel', unfurl_links: 'false' }]);
  });

  it('leaves uses of its response URL for the answer, however often it reports progress', async () => {
    const long: Message = {
      summary: 'Long',
      blocks: [{ type: 'list', ordered: false, items: Array.from({ length: 900 }, () => ['word '.repeat(30)]) }],
    };
    const { send, sent, url } = await connectListening(async ({ progress }) => {
      for (let done = 0; done < 50; done += 1) await progress?.(textMessage(`${done} of 50`));
      return long;
    });
    await send(commandForm('rescore today', url));
    await expect.poll(() => sent().length).toBe(5);
    expect(sent().map(({ replace_original }) => replace_original)).toEqual([
      'false',
      'true',
      'false',
      'false',
      'false',
    ]);
    expect(sent().at(-1)?.shown).toMatch(/Ask for less at a time\.$/);
  });

  it('is answered without an error in the log if Slack refuses its progress', async () => {
    let nth = 0;
    const slack: Responder = ({ method }) => (method === 'answer' && nth++ === 0 ? { status: 500 } : undefined);
    const { send, sent, url, lines } = await connectListening(
      async ({ progress }) => {
        await progress?.(textMessage('1 of 2'));
        return textMessage('Done');
      },
      { slack },
    );
    await send(commandForm('rescore today', url));
    await expect.poll(() => sent().at(-1)?.shown).toBe('Done');
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a form in Slack', () => {
  const viewOf = (call: SlackApiCall | undefined) => slackModalSchema.parse(JSON.parse(call?.args.view ?? '{}'));

  it('opens with the trigger of the command, and sends its command and fields', async () => {
    const { send, received, sent, calls, url } = await connectListening(async (request) =>
      request.fields ? textMessage(`Saved ${request.fields.topics}.`) : { form },
    );
    await send(commandForm('topics edit', url));
    await expect.poll(() => calls('views.open').length).toBe(1);
    const view = viewOf(calls('views.open')[0]);
    const field = view.blocks.find((block) => block.type === 'input');
    const values = { [field?.block_id ?? '']: { value: { type: 'plain_text_input', value: 'Graphs' } } };
    const closed = await send(submissionForm(view, values));
    expect([closed?.status, await closed?.text()]).toEqual([200, '']);
    await expect.poll(() => sent()).toMatchObject([{ response_type: 'ephemeral', shown: 'Saved Graphs.' }]);
    expect(received.at(-1)).toMatchObject({
      text: 'topics save',
      fields: { topics: 'Graphs' },
      person: 'slack:T01:U1',
    });
    expect(received.at(-1)).toMatchObject({ destination: 'slack:T01:C1' });
  });

  it('never replaces the message of the button that opened it', async () => {
    const { send, sent, calls, url } = await connectListening(async ({ fields, progress }) => {
      if (!fields) return { form };
      await progress?.(textMessage('Trying'));
      return textMessage('Saved');
    });
    await send(clickForm('topics edit', url, { thread: '1.0' }));
    await expect.poll(() => calls('views.open').length).toBe(1);
    await send(submissionForm(viewOf(calls('views.open')[0]), {}));
    await expect.poll(() => sent().map(({ shown }) => shown)).toEqual(['Trying', 'Saved']);
    expect(sent().every(({ replace_original, thread_ts }) => replace_original === 'false' && thread_ts === '1.0')).toBe(
      true,
    );
  });

  it('replaces a submitted form if it is the answer', async () => {
    const { send, calls, url } = await connectListening(openForm);
    await send(commandForm('topics edit', url));
    await expect.poll(() => calls('views.open').length).toBe(1);
    const first = viewOf(calls('views.open')[0]);
    const sent = await send(submissionForm(first, {}));
    const answer = z.object({ response_action: z.literal('update'), view: slackModalSchema }).parse(await sent?.json());
    const next = answer.view;
    expect(next.blocks.at(-1)).not.toMatchObject({ block_id: (first.blocks.at(-1) as { block_id: string }).block_id });
  });

  it.each<[string, SlackApiAnswer]>([
    ['refuses it', { body: { ok: false, error: 'expired_trigger_id' } }],
    ['cannot be reached', 'reset'],
  ])('is replaced by a button with the same command if Slack %s', async (_, answer) => {
    const slack: Responder = ({ method }) => (method === 'views.open' ? answer : undefined);
    const { send, sent, url } = await connectListening(openForm, { slack });
    await send(commandForm('topics edit', url));
    await expect.poll(() => sent().length).toBe(1);
    expect(sent()[0]?.shown).toMatch(/could not be opened\. Press the button/);
    expect(sent()[0]?.blocks).toContain('"value":"topics edit"');
  });

  it('is not opened if the answer comes too late', async () => {
    const clock = createClock();
    let late = 0;
    const answersLate = async () => {
      late = 2600;
      return { form };
    };
    const { send, sent, calls, url } = await connectListening(answersLate, {
      clock: { ...clock, monotonic: () => clock.monotonic() + late },
    });
    await send(commandForm('topics edit', url));
    await expect.poll(() => sent().length).toBe(1);
    expect(calls('views.open')).toEqual([]);
  });
});

describe('a mention of the bot in Slack', () => {
  const mention = (id: string, event: object) => messageEvent(id, { type: 'app_mention', ...event });

  it.each([
    ['<@U0BOT> top 5', 'top 5'],
    [
      '<@U0BOT|paperboy>   show <https://arxiv.org/abs/2503.07639|arxiv.org/abs/2503.07639>',
      'show https://arxiv.org/abs/2503.07639',
    ],
    ['hey <@U0BOT>', 'hey'],
    ['Good morning <@U0BOT>: top 5', ': top 5'],
    ['top 5 <@U0BOT>!', 'top 5'],
    [
      '<@U0BOT> ask 2503.07639 is a &lt; b &amp;&amp; b &gt; c for <@U2|ann> in <#C1|general>?',
      'ask 2503.07639 is a < b && b > c for @ann in #general?',
    ],
    ['<@U0BOT>', ''],
  ])('runs the text without the mention as a command: %s', async (text, command) => {
    const { send, received, sent } = await connectListening(echo);
    await send(mention('Ev1', { text }));
    await expect.poll(() => sent('chat.postMessage').length).toBe(1);
    expect(received.map((request) => request.text)).toEqual([command]);
  });

  it('is answered once, in the thread of its message', async () => {
    const { send, sent } = await connectListening(echo);
    await send(mention('Ev1', { text: '<@U0BOT> top', ts: '3.3' }));
    await send(mention('Ev1', { text: '<@U0BOT> top', ts: '3.3' }));
    await send(mention('Ev2', { text: '<@U0BOT> top', ts: '3.4', thread_ts: '1.0' }));
    await expect.poll(() => sent('chat.postMessage').map(({ thread_ts }) => thread_ts)).toEqual(['3.3', '1.0']);
  });

  it('carries its thread and the message that it links to', async () => {
    const { send, received } = await connectListening(echo);
    const link = '<https://team.slack.com/archives/C1/p1720000000000100?thread_ts=1.0&amp;cid=C1>';
    await send(mention('Ev1', { text: `<@U0BOT> what data does ${link} use?`, ts: '3.4', thread_ts: '1.0' }));
    await expect.poll(() => received.length).toBe(1);
    expect(received[0]).toMatchObject({
      ...{ text: 'what data does use?', isMention: true },
      thread: { destination: 'slack:T01:C1', messageId: '1.0' },
      about: { destination: 'slack:T01:C1', messageId: '1720000000.000100' },
    });
  });

  it('is ignored if it is by a bot or in an edited message', async () => {
    const { send, received } = await connectListening(echo);
    for (const [index, more] of [{ bot_id: 'B9' }, { user: 'U0BOT' }, { edited: {} }, { subtype: 'x' }].entries())
      await send(mention(`Ev${index}`, { text: '<@U0BOT> top', ...more }));
    await send(mention('Ev9', { text: '<@U0BOT> last' }));
    await expect.poll(() => received.map(({ text }) => text)).toEqual(['last']);
  });

  it('shows its progress in one message, which becomes the answer', async () => {
    const { send, sent } = await connectListening(async ({ progress }) => {
      await progress?.(textMessage('1 of 2'));
      await progress?.(textMessage('2 of 2'));
      return textMessage('Done');
    });
    await send(mention('Ev1', { text: '<@U0BOT> rescore today' }));
    await expect.poll(() => sent('chat.update')).toMatchObject([{ ts: '1.000001', shown: 'Done' }]);
    expect(sent('chat.postMessage').map(({ shown }) => shown)).toEqual(['1 of 2']);
  });

  it('gets a button that opens the form if its answer is one', async () => {
    const { send, sent } = await connectListening(openForm);
    await send(mention('Ev1', { text: '<@U0BOT> topics edit' }));
    await expect.poll(() => sent('chat.postMessage')[0]?.blocks).toContain('"value":"topics edit"');
  });
});

describe('the menu on a message in Slack', () => {
  const paperOf: PlatformHandlers['paperOf'] = async ({ destination, messageId }) =>
    destination === 'slack:T01:C1' && messageId === '2.2' ? '2503.07639' : undefined;

  it.each([
    ['paperboy_show', 'show 2503.07639'],
    ['paperboy_similar', 'similar 2503.07639'],
    ['paperboy_save', 'save 2503.07639'],
  ])('runs a command for the paper: %s', async (callback, command) => {
    const { send, sent, url } = await connectListening(echo, { paperOf });
    await send(shortcutForm(callback, '2.2', url));
    await expect
      .poll(() => sent())
      .toMatchObject([
        { response_type: 'ephemeral', replace_original: 'false', thread_ts: '1.0', shown: `You typed ${command}.` },
      ]);
  });

  it('says in one sentence that a message is not about a paper', async () => {
    const { send, sent, received, url } = await connectListening(echo, { paperOf });
    await send(shortcutForm('paperboy_show', '9.9', url));
    await expect.poll(() => sent()[0]?.shown).toMatch(/not about a paper/);
    expect(received).toEqual([]);
  });
});

describe('a link to a paper in Slack', () => {
  const card: PlatformHandlers['card'] = async (text, destination) =>
    text.includes('2503.07639') ? textMessage(`A card for ${destination}`) : undefined;
  const link = 'Look: <https://arxiv.org/abs/2503.07639>';

  it('gets its card in the thread of the message, once and without previews', async () => {
    const { send, sent } = await connectListening(echo, { card });
    await send(messageEvent('Ev1', { text: link }));
    await send(messageEvent('Ev1', { text: link }));
    await expect
      .poll(() => sent('chat.postMessage'))
      .toMatchObject([{ thread_ts: '3.3', unfurl_links: 'false', shown: 'A card for slack:T01:C1' }]);
  });

  it('gets no card by bots, in edited messages, with a mention, or to other sites', async () => {
    const texts: string[] = [];
    const { send } = await connectListening(echo, {
      card: async (text) => {
        texts.push(text);
        return undefined;
      },
    });
    const others = [
      { text: link, bot_id: 'B9' },
      { text: link, edited: {} },
      { text: link, subtype: 'message_changed' },
      { text: `<@U0BOT> ${link}` },
      { text: '<https://notarxiv.org/abs/1>' },
      { text: 'arxiv is nice' },
    ];
    for (const [index, event] of others.entries()) await send(messageEvent(`Ev${index}`, event));
    await send(messageEvent('Ev9', { text: 'See <https://www.alphaxiv.org/abs/2503.07639|this>' }));
    await expect.poll(() => texts).toEqual(['See https://www.alphaxiv.org/abs/2503.07639']);
  });
});
