import { commands } from '../../commands/index.ts';
import { createDispatcher } from '../../src/chat/dispatcher.ts';
import { createClock } from '../../src/core/clock.ts';
import { isForm } from '../../src/core/form.ts';
import type { Message } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../../tests/fakes/channels.ts';
import { channelOf } from '../../tests/fakes/fixtures.ts';
import { servicesOf } from '../../tests/fakes/services.ts';
import { destination, channel as name, rubric } from './archive.ts';

const ignore = () => {};
const fail = (fields: object, message: string): never => {
  throw new Error(`${message}: ${JSON.stringify(fields)}`);
};

/**
 * Asks the real commands through the real dispatcher, as the archive's channel; only what stands behind the stores is
 * none of it.
 *
 * @param now ISO time at which it is asked
 * @returns a function that rejects where a command was not answered
 */
export const askerOf = (stores: Stores, now: string): ((text: string) => Promise<Message>) => {
  const channel = channelOf({ name, post: [destination], categories: ['cs.LG', 'cs.AI', 'stat.ML'], rubric });
  let outcome = '';
  const handlers = createDispatcher({
    ...{ commands, channels: registryOf([channel]), channelAt: async () => channel, admins: [], stores },
    services: servicesOf({
      papers: { find: async (id) => (await stores.announcements.paper(id)) ?? fail({ id }, 'no such paper') },
    }),
    clock: createClock(new Date(now)),
    logger: { debug: ignore, info: ignore, warn: fail, error: fail },
    signal: new AbortController().signal,
    onAnswered: (_, how) => {
      outcome = how;
    },
  });
  return async (text) => {
    const answer = await handlers.command({ text, person: 'web:reader-0', destination });
    if (isForm(answer)) throw new Error(`a form was answered to ${text}`);
    if (outcome !== 'answered') throw new Error(`${text}: ${answer.summary}`);
    return answer;
  };
};
