import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createConsolePlatform } from '../../../src/chat/console/index.ts';
import { UserError } from '../../../src/core/errors.ts';
import { textMessage } from '../../../src/core/message.ts';
import { platformContract } from '../../contracts/platform.ts';

/** A terminal of one's own: what is typed, and what was printed, a text a message. */
const terminal = () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const printed: string[] = [];
  output.setEncoding('utf8').on('data', (text: string) => printed.push(text.trimEnd()));
  return { input, output, printed };
};

const setup = async () => {
  const { input, output, printed } = terminal();
  const platform = createConsolePlatform({ input, output });
  return {
    platform,
    destination: 'console',
    elsewhere: undefined,
    people: ['console:local:admin', 'console:local:other'] as const,
    async type(text: string) {
      const before = printed.length;
      input.write(`${text}\n`);
      await expect.poll(() => printed.length).toBeGreaterThan(before);
      return printed.slice(before);
    },
    async shown(thread?: { messageId: string }) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!thread) return printed;
      const header = printed.findLastIndex((text) => /header/i.test(text));
      return printed.slice(header);
    },
    reactions: undefined,
    flat: true,
    visible: (text: string) => text.replace('\u202e', ''),
    restart: undefined,
    async close() {
      await platform.close();
      input.end();
    },
  };
};

platformContract('The console', setup);

it('finds what it printed in its own life, so that nothing is printed twice', async () => {
  const { output } = terminal();
  const platform = createConsolePlatform({ output });
  const ref = await platform.send({ destination: 'console', message: textMessage('Hello'), key: 'd1-console-0' });
  expect(await platform.find({ destination: 'console', key: 'd1-console-0', since: 0 })).toEqual(ref);
});

it('answers no empty line, and listens to nobody where nobody can type', async () => {
  const { input, output, printed } = terminal();
  const heard: string[] = [];
  const handlers = {
    command: async ({ text }: { text: string }) => {
      heard.push(text);
      return textMessage('Done.');
    },
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  };
  const platform = createConsolePlatform({ input, output, person: 'console:local:ada' });
  await platform.listen(handlers);
  input.end('\n   \nhelp\n');
  await once(input, 'end');
  await expect.poll(() => printed).toEqual(['Done.']);
  expect(heard).toEqual(['help']);
  await createConsolePlatform({ output }).listen(handlers);
});

it.each(['slack:C1', 'web', 'console:foundations', ''])('has no place "%s"', async (address) => {
  const { output } = terminal();
  await expect(createConsolePlatform({ output }).resolve(address)).rejects.toThrow(UserError);
});
