import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import type { SlackCall } from './api.ts';
import { slackFailure } from './errors.ts';
import type { Origin } from './origin.ts';
import { answerLimit, renderAnswer, renderNews, type SlackMessage } from './render.ts';

/** One answer, with what is shown in its place until it is there. */
export type Reply = {
  /** Shows some of the calls. Never rejects. */
  progress(message: Message): Promise<void>;
  /** @throws ExternalError */
  answer(message: Message): Promise<void>;
};

export type ReplySetup = {
  call: SlackCall;
  /** Posts what is not a delivery. @returns its id */
  post(args: { channel: string; thread?: string | undefined; message: SlackMessage }): Promise<string>;
  fetch: (
    url: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ) => Promise<{ ok: boolean; status: number }>;
  clock: Clock;
};

/** Milliseconds for which a response_url is used; Slack takes it for 30 minutes. */
const responseLife = 29 * 60_000;
/** Milliseconds from one progress to the next: three of the five uses of a response_url are spread over a long command. */
const responsePauses = [0, 4_000, 20_000];
/** The same where a posted message is changed, which may be done often. */
const postPause = 2_000;

/** Shows a progress where enough time has passed since the one before it, one after the other. */
const spaced = (clock: Clock, pauseBefore: (shown: number) => number | undefined) => {
  let last = Promise.resolve();
  let shown = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    /** Resolves when what was begun is done. */
    settled: () => last,
    async show(send: () => Promise<void>): Promise<void> {
      const pause = pauseBefore(shown);
      if (pause === undefined || clock.monotonic() - shownAt < pause) return;
      shown += 1;
      shownAt = clock.monotonic();
      // How far it is may be lost; the answer says what comes of it.
      last = last.then(send).catch(() => {});
      await last;
    },
  };
};

const respond = async (setup: ReplySetup, url: string, body: object): Promise<void> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await setup.fetch(url, init).catch((error: unknown) => {
    throw slackFailure(error);
  });
  if (response.ok) return;
  const { status } = response;
  throw new ExternalError({ service: 'Slack', message: `Slack takes no answer: HTTP ${status}.`, status });
};

/** Answers only the one who asked, unless the message is for everybody. */
export const replyToPerson = (setup: ReplySetup, origin: Origin): Reply => {
  const { call, clock, post } = setup;
  const { channel, user, thread, response } = origin;
  const replaces = response?.replaces ?? false;
  let uses = 0;
  let isShown = false;
  const hasUrl = () => response !== undefined && clock.realNow() - response.at < responseLife;
  const inThread = thread ? { thread_ts: thread } : {};
  const pauses = spaced(clock, (shown) => (replaces ? responsePauses[shown] : shown === 0 ? 0 : undefined));

  const tell = async (message: SlackMessage, replace: boolean): Promise<void> => {
    if (response && hasUrl()) {
      uses += 1;
      const how = { response_type: 'ephemeral', replace_original: replace, ...inThread };
      return respond(setup, response.url, { ...how, ...message });
    }
    await call('chat.postEphemeral', { channel, user, ...inThread, ...message }, z.looseObject({}));
  };
  const tellEverybody = async (message: SlackMessage): Promise<void> => {
    if (thread || !response || !hasUrl()) {
      await post({ channel, thread, message });
      return;
    }
    const how = { response_type: 'in_channel', replace_original: false, unfurl_links: false, unfurl_media: false };
    await respond(setup, response.url, { ...how, ...message });
  };

  return {
    progress: (message) =>
      pauses.show(async () => {
        // Without the address nothing can be replaced.
        if (!hasUrl()) return;
        await tell(renderNews(message), isShown);
        isShown = replaces;
      }),
    async answer(message) {
      await pauses.settled();
      const messages = renderAnswer(message, answerLimit - uses);
      for (const one of messages) {
        if (message.isPublic) await tellEverybody(one);
        else await tell(one, isShown);
        isShown = false;
      }
    },
  };
};

/** Answers everybody, in a thread: where somebody mentions the bot there is no other way. */
export const replyInThread = (setup: ReplySetup, { channel, thread }: { channel: string; thread: string }): Reply => {
  let shown: string | undefined;
  const pauses = spaced(setup.clock, (count) => (count === 0 ? 0 : postPause));
  const put = async (message: SlackMessage): Promise<string> => {
    if (shown === undefined) return setup.post({ channel, thread, message });
    await setup.call('chat.update', { channel, ts: shown, ...message, parse: 'none' }, z.looseObject({}));
    return shown;
  };
  return {
    progress: (message) =>
      pauses.show(async () => {
        shown = await put(renderNews(message));
      }),
    async answer(message) {
      await pauses.settled();
      for (const one of renderAnswer(message)) {
        await put(one);
        shown = undefined;
      }
    },
  };
};
