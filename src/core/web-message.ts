import type { Destination, MessageRef } from './addresses.ts';
import type { Message } from './message.ts';

export type WebMessage = {
  key: string;
  destination: Destination;
  thread: string | undefined;
  message: Message;
  sentAt: number;
};

/** The messages of the web page. `sentAt` is system time, milliseconds since 1970. */
export type WebMessageStore = {
  /** Stores a message once per key, and deletes messages of the destination that are older than 60 days. */
  add(message: WebMessage): Promise<void>;
  find(key: string): Promise<WebMessage | undefined>;
  replace(key: string, message: Message): Promise<void>;
  /** Removes a message and its replies. */
  remove(message: MessageRef): Promise<void>;
  /** The header of a thread and its replies, in the order of sending. */
  thread(header: MessageRef): Promise<WebMessage[]>;
  /** Those in a thread without its first message, or those outside threads, since a time; oldest first. */
  sent(destination: Destination, thread: string | undefined, since: number): Promise<WebMessage[]>;
  /** The newest messages outside of threads, each with its thread; oldest first, without digests. */
  posts(destination: Destination, limit: number): Promise<WebMessage[][]>;
};
