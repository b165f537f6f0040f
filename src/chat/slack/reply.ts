import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import { createProgress } from '../kit/progress.ts';
import type { SlackCall } from './api.ts';
import { slackFailure } from './errors.ts';
import { answerLimit, renderAnswer, renderNews, type SlackMessage } from './render.ts';
import type { Origin } from './request.ts';

export type Reply = {
  /** Never rejects. */
  progress(message: Message): Promise<void>;
  answer(message: Message): Promise<void>;
};

export type ReplySetup = {
  call: SlackCall;
  /** Posts any message except a delivery. @returns its id */
  post(args: { channel: string; thread?: string | undefined; message: SlackMessage }): Promise<string>;
  fetch: (
    url: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ) => Promise<{ ok: boolean; status: number }>;
  clock: Clock;
};

/** Milliseconds for which a response_url is used. Slack accepts it for 30 minutes. */
const responseLife = 29 * 60_000;
/** Milliseconds between progress messages to a response_url: three of its five uses, spread over a long command. */
const responsePauses = [4_000, 20_000];
/** Milliseconds between edits to a posted message, which allows many edits. */
const postPause = 2_000;

// Lost progress is not worth a log line: the answer shows the result.
const ignore = () => {};

const respond = async (setup: ReplySetup, url: string, body: object): Promise<void> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await setup.fetch(url, init).catch((error: unknown) => {
    throw slackFailure(error);
  });
  if (response.ok) return;
  const { status } = response;
  throw new ExternalError({ service: 'Slack', message: `Slack rejects the answer: HTTP ${status}.`, status });
};

export const replyToPerson = (setup: ReplySetup, origin: Origin): Reply => {
  const { call, clock, post } = setup;
  const { channel, user, thread, response } = origin;
  const replaces = response?.replaces ?? false;
  let uses = 0;
  let isShown = false;
  const hasUrl = () => response !== undefined && clock.realNow() - response.at < responseLife;
  const inThread = thread ? { thread_ts: thread } : {};

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

  const progress = createProgress({
    async show(message) {
      // Without the URL nothing can be replaced.
      if (!hasUrl()) return;
      await tell(renderNews(message), isShown);
      isShown = replaces;
    },
    pauseAfter: (shown) => (replaces ? responsePauses[shown - 1] : undefined),
    onError: ignore,
    clock,
  });

  return {
    progress: progress.tell,
    async answer(message) {
      await progress.end();
      const messages = renderAnswer(message, answerLimit - uses);
      for (const one of messages) {
        if (message.isPublic) await tellEverybody(one);
        else await tell(one, isShown);
        isShown = false;
      }
    },
  };
};

/** Answers in a thread that everyone sees, the only way to answer a mention. */
export const replyInThread = (setup: ReplySetup, { channel, thread }: { channel: string; thread: string }): Reply => {
  let shown: string | undefined;
  const put = async (message: SlackMessage): Promise<string> => {
    if (shown === undefined) return setup.post({ channel, thread, message });
    await setup.call('chat.update', { channel, ts: shown, ...message, parse: 'none' }, z.looseObject({}));
    return shown;
  };
  const progress = createProgress({
    async show(message) {
      shown = await put(renderNews(message));
    },
    pauseAfter: () => postPause,
    onError: ignore,
    clock: setup.clock,
  });
  return {
    progress: progress.tell,
    async answer(message) {
      await progress.end();
      for (const one of renderAnswer(message)) {
        await put(one);
        shown = undefined;
      }
    },
  };
};
