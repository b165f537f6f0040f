import { renderText } from '../../src/chat/kit/text.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { findPaperLinks } from '../../src/core/paper.ts';
import type { PlatformDescriptor, Reaction } from '../../src/core/platform.ts';
import { Secret } from '../../src/core/secret.ts';

type Note = {
  destination: string;
  key: string;
  thread: string | undefined;
  paperId: string | undefined;
  /** System time in milliseconds. */
  at: number;
  isRemoved?: boolean;
};

/** A chat of the simulation's own that outlives the bot. Sometimes an answer is lost after a message has arrived. */
export type Board = {
  /** Every message that ever arrived. */
  notes: readonly Note[];
  react(reaction: Reaction): void;
  descriptor: PlatformDescriptor;
};

const lostShare = 0.01;

export const createBoard = (random: () => number, now: () => number): Board => {
  const notes: Note[] = [];
  const reactions: Reaction[] = [];
  const noteOf = (id: string) => notes[Number(id)];
  return {
    notes,
    react: (reaction) => void reactions.push(reaction),
    descriptor: {
      ...{ name: 'board', label: 'Board', example: 'board:room' },
      variables: { BOARD_TOKEN: 'Board: the token' },
      requiredVariable: 'BOARD_TOKEN',
      readEnvironment: ({ read }) => (read('BOARD_TOKEN') ? { token: new Secret('board') } : undefined),
      parseAddress(written) {
        const [, id] = /^board:([a-z]+)$/.exec(written) ?? [];
        return id ? { tenant: undefined, id } : { fault: 'names no room; use one such as board:lab' };
      },
      create: async () => ({
        name: 'board',
        async connect() {},
        resolve: async (destination) => destination,
        async listen() {},
        async send({ destination, thread, message, key }) {
          const [paperId] = thread ? findPaperLinks(renderText(message)) : [];
          notes.push({ destination, key, thread: thread?.messageId, paperId, at: now() });
          if (random() < lostShare) throw new ExternalError({ service: 'Board', message: 'the answer was lost' });
          return { destination, messageId: String(notes.length - 1) };
        },
        async edit() {},
        async remove({ messageId }) {
          const note = noteOf(messageId);
          if (note) note.isRemoved = true;
        },
        async sent({ destination, thread, since }) {
          const isMeant = (note: Note): boolean =>
            note.destination === destination &&
            note.thread === thread?.messageId &&
            (thread !== undefined || note.at >= since);
          return notes.flatMap((note, index) =>
            isMeant(note) && !note.isRemoved
              ? [{ key: note.key, message: { destination, messageId: String(index) } }]
              : [],
          );
        },
        reactions: async (thread) =>
          reactions.filter(
            ({ message: { messageId } }) =>
              messageId === thread.messageId || noteOf(messageId)?.thread === thread.messageId,
          ),
        check: async () => [],
        async close() {},
      }),
    },
  };
};
