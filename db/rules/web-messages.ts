import type { WebMessage } from '../../src/core/web-message.ts';

/** Messages older than this are deleted. Digests are stored elsewhere. */
const keptMs = 60 * 86_400_000;

/** What was sent before this is deleted when the message is added. */
export const oldestKept = ({ sentAt }: Pick<WebMessage, 'sentAt'>): number => sentAt - keptMs;

type WebMessageRow = Omit<WebMessage, 'thread'> & { thread: string | null };

export const messageOf = ({ thread, ...row }: WebMessageRow): WebMessage => ({ ...row, thread: thread ?? undefined });

/** Each header with its replies. */
export const withReplies = (headers: readonly WebMessage[], replies: readonly WebMessage[]): WebMessage[][] => {
  const byThread = Map.groupBy(replies, ({ thread }) => thread);
  return headers.map((header) => [header, ...(byThread.get(header.key) ?? [])]);
};
