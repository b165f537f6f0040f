import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { MessageRef } from '../../core/address.ts';
import { UserError } from '../../core/errors.ts';
import type { Platform } from '../../core/platform.ts';
import { renderText } from './render.ts';

type ConsoleParts = {
  output: Writable;
  /** Where people type commands, one a line; none where nobody can. */
  input?: Readable | undefined;
  /** Who types them. */
  person?: string;
};

/** The terminal as a platform: digests are printed, typed lines are commands. It has no reactions. */
export const createConsolePlatform = ({ output, input, person = 'console:local:admin' }: ConsoleParts): Platform => {
  const printed = new Map<string, MessageRef>();
  let lines: ReturnType<typeof createInterface> | undefined;
  const print = (text: string): void => {
    output.write(`${text}\n`);
  };

  return {
    name: 'console',
    async connect() {},
    async resolve(destination) {
      if (destination === 'console') return destination;
      throw new UserError(`"${destination}" is no place on the console. Write console alone.`);
    },
    async listen(handlers) {
      if (!input) return;
      lines = createInterface({ input, terminal: false });
      lines.on('line', async (text) => {
        if (text.trim() !== '') print(renderText(await handlers.command({ text, person, destination: 'console' })));
      });
    },
    async send({ destination, message, key }) {
      print(renderText(message));
      const ref = { destination, messageId: key };
      printed.set(key, ref);
      return ref;
    },
    async find({ key }) {
      return printed.get(key);
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
