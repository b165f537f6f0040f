import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { terminal } from '../../../src/chat/console/descriptor.ts';
import { createConsolePlatform } from '../../../src/chat/console/index.ts';
import { readableText } from '../../../src/chat/kit/readable.ts';
import { UserError } from '../../../src/core/errors.ts';
import { textMessage } from '../../../src/core/message.ts';
import type { Platform } from '../../../src/core/platform.ts';
import { commandsContract } from '../../contracts/commands.ts';
import { platformContract } from '../../contracts/platform.ts';
import { findSent } from '../../fakes/find-sent.ts';

/** A terminal with its input and the printed texts, one per message. */
const createTerminal = () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const printed: string[] = [];
  output.setEncoding('utf8').on('data', (text: string) => printed.push(text.trimEnd()));
  return { input, output, printed };
};

const setup = async () => {
  const { input, output, printed } = createTerminal();
  const created = createConsolePlatform({ input, output });
  const starts = new Map<string, number>();
  /** Resolves once everything written is printed. */
  const flushed = () => new Promise((resolve) => setImmediate(resolve));
  const platform: Platform = {
    ...created,
    async send(request) {
      await flushed();
      starts.set(request.key, printed.length);
      return created.send(request);
    },
  };
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
      await flushed();
      return printed.slice(thread ? starts.get(thread.messageId) : 0);
    },
    descriptor: terminal,
    visible: (text: string) => readableText(text).replace('\u202e', ''),
    async restart() {
      return createConsolePlatform({ output });
    },
    async close() {
      await platform.close();
      input.end();
    },
  };
};

platformContract('The console', setup);
commandsContract('The console', setup);

it('finds what its process printed, so that nothing is printed twice', async () => {
  const { output } = createTerminal();
  const platform = createConsolePlatform({ output });
  const ref = await platform.send({ destination: 'console', message: textMessage('Hello'), key: 'd1-console-0' });
  expect(await findSent(platform, { destination: 'console', key: 'd1-console-0', since: 0 })).toEqual(ref);
});

it('ignores empty lines, and does not listen without an input', async () => {
  const { input, output, printed } = createTerminal();
  const received: string[] = [];
  const handlers = {
    command: async ({ text = '' }: { text?: string | undefined }) => {
      received.push(text);
      return textMessage('Done.');
    },
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  };
  const platform = createConsolePlatform({ input, output, person: 'console:local:ada' });
  await platform.listen(handlers);
  input.end('\n   \nhelp\n');
  await once(input, 'end');
  await expect.poll(() => printed).toEqual(['Done.']);
  expect(received).toEqual(['help']);
  await createConsolePlatform({ output }).listen(handlers);
});

it('prints changes and retractions, the latter once per thread', async () => {
  const { output, printed } = createTerminal();
  const platform = createConsolePlatform({ output });
  const send = (key: string, text: string, thread?: { destination: string; messageId: string }) =>
    platform.send({ destination: 'console', thread, key, message: textMessage(text) });
  const header = await send('h', 'Header');
  const paper = await send('p', 'Paper', header);
  await platform.edit(paper, { destination: 'console', thread: header, key: 'p', message: textMessage('Better') });
  await platform.remove(paper, header);
  await platform.remove(header, undefined);
  await platform.remove(header, undefined);
  await expect.poll(() => printed).toEqual(['Header', 'Paper', 'Changed:', 'Better', 'Retracted: Header']);
  expect(await findSent(platform, { destination: 'console', key: 'p', since: 0 })).toBeUndefined();
});

it('treats the person at the terminal as the owner, and prints progress separately', async () => {
  const { input, output, printed } = createTerminal();
  const separate = createTerminal();
  const platform = createConsolePlatform({ input, output, progress: separate.output });
  const owners: unknown[] = [];
  await platform.listen({
    async command({ isOwner, progress }) {
      owners.push(isOwner);
      await progress?.(textMessage('Half.'));
      return { form: { title: 'Topics', fields: [], submit: { label: 'Save', command: 'topics save' } } };
    },
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  });
  input.write('topics edit\n');
  await expect
    .poll(() => printed)
    .toEqual(['Topics\n──────\n\nForms cannot be filled in here. Use the web page or a chat app.']);
  expect([owners, separate.printed]).toEqual([[true], ['Half.']]);
});

it.each(['slack:C1', 'web', 'console:foundations', ''])('refuses the destination "%s"', async (address) => {
  const { output } = createTerminal();
  await expect(createConsolePlatform({ output }).resolve(address)).rejects.toThrow(UserError);
});
