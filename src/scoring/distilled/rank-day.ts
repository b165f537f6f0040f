import { createReader } from '../built-in/reader.ts';
import { createInbox, type Message, stop } from './message.ts';
import { createFitting, rankDay } from './ranking.ts';

// A program that ranks days, one after another, until it is disconnected.

const inbox = createInbox();
const reader = createReader();
const fitted = createFitting(reader);

let current: AbortController | undefined;

process.on('message', async (message: Message | typeof stop) => {
  if (message === stop) return current?.abort();
  const task = inbox(message);
  if (!task) return;
  current = new AbortController();
  const { signal } = current;
  const order = await rankDay(task, signal, reader, fitted).catch((error: unknown) => {
    if (signal.aborted) return stop;
    throw error;
  });
  process.send?.(order);
});
// The bot needs no more rankings, or has exited.
process.once('disconnect', () => process.exit());
