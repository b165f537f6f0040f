import { readableText } from '../../../src/chat/kit/readable.ts';
import { slack as slackDescriptor } from '../../../src/chat/slack/descriptor.ts';
import { createSlackPlatform } from '../../../src/chat/slack/index.ts';
import { createClock } from '../../../src/core/clock.ts';
import type { Platform, Webhook } from '../../../src/core/platform.ts';
import { Secret } from '../../../src/core/secret.ts';
import { commandsContract } from '../../contracts/commands.ts';
import { platformContract } from '../../contracts/platform.ts';
import { localSlackAvailable, type ShownMessage, type ShownView, startLocalSlack } from '../../fakes/local-slack.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { createSlackPerson } from '../../fakes/slack-answers.ts';
import { startWeb } from '../../fakes/web.ts';
import { shownForm, shownText } from './shown.ts';

const id = (address: string) => address.split(':').at(-1) ?? '';

/** A web server whose webhook passes requests to a platform that is set later. */
const startWebhook = async () => {
  let platform: Platform | undefined;
  const forwarding: Webhook = {
    path: '/slack/events',
    handle: async (request) => platform?.webhook?.handle(request) ?? new Response(null, { status: 503 }),
  };
  const { url, close } = await startWeb({ webhooks: [forwarding] });
  const serve = (to: Platform) => {
    platform = to;
  };
  return { requestUrl: `${url}slack/events`, close, serve };
};

const setup = async (mode: 'socket' | 'http') => {
  const webhook = mode === 'http' ? await startWebhook() : undefined;
  const slack = await startLocalSlack({ requestUrl: webhook?.requestUrl });
  const alice = createSlackPerson(slack);
  const create = () =>
    createSlackPlatform({
      botToken: new Secret(slack.botToken),
      ...(webhook ? { signingSecret: new Secret(slack.signingSecret) } : { appToken: new Secret(slack.appToken) }),
      apiUrl: slack.apiUrl,
      clock: createClock(),
      logger: quietLogger,
      fetch: alice.fetch,
    });
  const platform = create();
  webhook?.serve(platform);
  const person = (user: string) => `slack:${slack.team}:${user}`;
  const texts = (messages: ShownMessage[]) => messages.map((message) => shownText(message.blocks));
  const shown = (answer: ShownMessage[] | ShownView) => (Array.isArray(answer) ? texts(answer) : shownForm(answer));
  return {
    platform,
    descriptor: slackDescriptor,
    destination: `slack:${slack.channels.general}`,
    elsewhere: { otherTenant: 'slack:T99OTHER:C01GEN', missing: 'slack:C0MISSING' },
    visible: readableText,
    people: [person(slack.people.alice), person(slack.people.bob)] as const,
    type: async (text: string) => shown(await alice.type(text)),
    answer: async () => texts(await alice.standing()),
    press: async (label: string) => shown(await alice.press(label)),
    fill: async (values: Record<string, string>) => shown(await alice.fill(values)),
    async shown(thread?: { messageId: string }) {
      if (thread) return texts(await slack.thread(thread.messageId));
      return texts((await slack.messages()).filter((message) => !message.thread_ts));
    },
    reactions: {
      up: '+1',
      down: '-1::skin-tone-4',
      bot: person(slack.bot),
      set: async (reaction: { message: { messageId: string }; person: string; emoji: string }, present: boolean) => {
        const set = present ? slack.react : slack.unreact;
        await set(reaction.message.messageId, reaction.emoji, { user: id(reaction.person) });
      },
    },
    async restart() {
      const restarted = create();
      await restarted.connect();
      return restarted;
    },
    async close() {
      await platform.close();
      await webhook?.close();
      await slack.close();
    },
  };
};

const skip = !localSlackAvailable();
platformContract('Slack in Socket Mode', () => setup('socket'), { skip });
platformContract('Slack in HTTP mode', () => setup('http'), { skip });
commandsContract('Slack', () => setup('socket'), { skip });
