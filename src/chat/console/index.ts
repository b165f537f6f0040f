import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { MessageRef } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import { type Message, textMessage } from '../../core/message.ts';
import type { Platform } from '../../core/platform.ts';
import { renderAnswer, renderInThread, renderText } from './render.ts';

type ConsoleParts = {
  output: Writable;
  /** Where people type commands, one a line; none where nobody can. */
  input?: Readable | undefined;
  /** Where the progress of typed commands is told, such as the error output; nowhere if not given. */
  progress?: Writable | undefined;
  /** Who types them. */
  person?: string;
};

/** The terminal as a platform: digests are printed, typed lines are commands. It has no reactions. */
export const createConsolePlatform = (parts: ConsoleParts): Platform => {
  const { output, input, progress, person = 'console:local:admin' } = parts;
  const printed = new Map<string, { ref: MessageRef; message: Message }>();
  let lines: ReturnType<typeof createInterface> | undefined;
  const print = (text: string): void => {
    output.write(`${text}\n`);
  };

  return {
    name: 'console',
    async connect() {},
    async resolve(destination) {
      if (destination === 'console') return destination;
      throw new UserError(`"${destination}" is not on the terminal. Write console alone.`);
    },
    async listen(handlers) {
      if (!input) return;
      lines = createInterface({ input, terminal: false });
      lines.on('line', async (text) => {
        if (text.trim() === '') return;
        const answer = await handlers.command({
          ...{ text, person, destination: 'console' },
          // Whoever types where the bot runs could stop it too.
          isOwner: true,
          progress: async (message) => void progress?.write(renderText(message)),
        });
        print(renderAnswer(answer));
      });
    },
    async send({ destination, thread, message, key }) {
      print(thread ? renderInThread(message) : renderText(message));
      const ref = { destination, messageId: key };
      printed.set(key, { ref, message });
      return ref;
    },
    async edit({ destination, messageId }, { thread, message }) {
      print('Changed:\n');
      print(thread ? renderInThread(message) : renderText(message));
      printed.set(messageId, { ref: { destination, messageId }, message });
    },
    async remove({ messageId }, thread) {
      const taken = printed.get(messageId);
      printed.delete(messageId);
      // What is printed stays; of a thread it is told once.
      if (taken && !thread) print(`Taken back: ${renderText(textMessage(taken.message.summary))}`);
    },
    async find({ key }) {
      return printed.get(key)?.ref;
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
