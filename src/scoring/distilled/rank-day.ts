import { createReader } from '../built-in/reader.ts';
import { createInbox, type Message } from './message.ts';
import { rankDay } from './ranking.ts';

// A program that ranks days, one after another, until it is disconnected.

const inbox = createInbox();
const reader = createReader();

process.on('message', async (message: Message) => {
  const task = inbox(message);
  if (task) process.send?.(await rankDay(task, new AbortController().signal, reader));
});
// The bot needs no more rankings, or has exited.
process.once('disconnect', () => process.exit());
