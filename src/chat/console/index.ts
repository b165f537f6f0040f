import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { MessageRef } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import { type Message, textMessage } from '../../core/message.ts';
import type { Platform } from '../../core/platform.ts';
import { renderAnswer, renderInThread, renderText } from '../kit/text.ts';
import { terminal } from './descriptor.ts';

type ConsoleParts = {
  output: Writable;
  input?: Readable | undefined;
  progress?: Writable | undefined;
  person?: string;
};

type Printed = { ref: MessageRef; thread: string | undefined; message: Message };

export const createConsolePlatform = (parts: ConsoleParts): Platform => {
  const { output, input, progress, person = 'console:local:admin' } = parts;
  const printed = new Map<string, Printed>();
  let lines: ReturnType<typeof createInterface> | undefined;
  const print = (text: string): void => {
    output.write(`${text}\n`);
  };

  return {
    name: 'console',
    hasThreads: false,
    async connect() {},
    async resolve(destination) {
      const parsed = terminal.parseAddress(destination);
      if ('fault' in parsed) throw new UserError(`"${destination}" ${parsed.fault}.`);
      return destination;
    },
    async listen(handlers) {
      if (!input) return;
      lines = createInterface({ input, terminal: false });
      lines.on('line', async (text) => {
        if (text.trim() === '') return;
        const answer = await handlers.command({
          ...{ text, person, destination: 'console' },
          // Anyone who can type here could also stop the bot.
          isOwner: true,
          progress: async (message) => void progress?.write(renderText(message)),
        });
        print(renderAnswer(answer));
      });
    },
    async send({ destination, thread, message, key, ready }) {
      await ready?.();
      print(thread ? renderInThread(message) : renderText(message));
      const ref = { destination, messageId: key };
      printed.set(key, { ref, thread: thread?.messageId, message });
      return ref;
    },
    async edit({ destination, messageId }, { thread, message }) {
      print('Changed:\n');
      print(thread ? renderInThread(message) : renderText(message));
      printed.set(messageId, { ref: { destination, messageId }, thread: thread?.messageId, message });
    },
    async remove({ messageId }, thread) {
      const removed = printed.get(messageId);
      printed.delete(messageId);
      // For a digest, only the header is reported.
      if (removed && !thread) print(`Retracted: ${renderText(textMessage(removed.message.summary))}`);
    },
    async sent({ thread }) {
      const isPlaced = (one: Printed): boolean => one.thread === thread?.messageId;
      return [...printed].flatMap(([key, one]) => (isPlaced(one) ? [{ key, message: one.ref }] : []));
    },
    async reactions() {
      return [];
    },
    async check() {
      return [{ name: 'console', ok: true, detail: 'digests are printed to the terminal' }];
    },
    async close() {
      lines?.close();
    },
  };
};
