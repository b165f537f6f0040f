import type { Clock } from '../core/clock.ts';
import type { Message } from '../core/message.ts';
import type { CommandRequest } from '../core/platform.ts';
import type { ConversationStore } from '../core/stores.ts';
import { wordsOf } from './language/words.ts';

/** Asks for the next page of the last list: "more", "next page", "show me more". */
const asksForMore =
  /^(?:(?:show|see|give) (?:me )?)?(?:more|next)(?: page| ones| papers)?(?:,? (?:please|thanks))?[.!?]*$/i;

/** The label of the button that shows the next page of a list. */
const moreLabel = 'More';

/** Number of people and threads. The oldest is forgotten first. */
const maxPages = 1_000;

type Asker = Pick<CommandRequest, 'person' | 'destination' | 'thread'>;
type Parts = { stores: { conversations: Pick<ConversationStore, 'shown'> }; clock: Pick<Clock, 'now'> };

/** Remembers what shows the next page of the list that a person was shown last, until Paperboy restarts. */
export const createNextPages = ({ stores, clock }: Parts) => {
  const pages = new Map<string, string>();
  const keyOf = ({ person, destination, thread }: Asker): string =>
    JSON.stringify([person, destination, thread?.messageId ?? '']);

  return {
    remember(answered: Message, asker: Asker): void {
      const buttons = answered.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
      const command = buttons.find(({ label }) => label === moreLabel)?.command;
      const key = keyOf(asker);
      if (command === undefined && !answered.papers) return;
      pages.delete(key);
      if (command === undefined) return;
      pages.set(key, command);
      const [oldest] = pages.keys();
      if (pages.size > maxPages && oldest !== undefined) pages.delete(oldest);
    },

    /** The request for the next page, if a text asks for more and the last list has more; otherwise the same request. */
    async asked(request: CommandRequest): Promise<CommandRequest> {
      if (request.text === undefined || !asksForMore.test(wordsOf(request.text).join(' '))) return request;
      const text = pages.get(keyOf(request));
      // The list is gone after two hours, or if the person had it forgotten.
      const list = await stores.conversations.shown(request.person, request.destination, clock.now().toISOString());
      return text !== undefined && list ? { ...request, text } : request;
    },
  };
};
