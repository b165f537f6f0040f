import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { listedCommands } from '../../src/core/command.ts';
import { isForm, type Message, plainText } from '../../src/core/message.ts';
import { createCommandBot } from '../fakes/command-bot.ts';

let bot: Awaited<ReturnType<typeof createCommandBot>>;
beforeAll(async () => {
  bot = await createCommandBot({ admins: ['slack:T1:U9'] });
});
afterAll(() => bot?.close());

type From = { person?: string; destination?: string; thread?: string };

const say = async (text: string, { person = 'slack:T1:U1', destination = 'slack:T1:C1', thread }: From = {}) => {
  const inThread = thread === undefined ? {} : { thread: { destination, messageId: thread } };
  const answer = await bot.handlers.command({ text, person, destination, ...inThread });
  if (isForm(answer)) throw new Error('a form was answered');
  return answer;
};

/** The paper that an answer of `show` is about. */
const shownBy = ({ summary }: Message): string | undefined => /\((\d{4}\.\d{5})\)$/.exec(summary)?.[1];

/** The numbers of an answer's numbered list, each with its paper. */
const numbered = ({ blocks }: Message): [number, string][] => {
  let first = 1;
  const lines = blocks.flatMap((block): [number, string][] => {
    if (block.type === 'list' && block.ordered) return block.items.map((item) => [first++, plainText(item)]);
    if (block.type !== 'paragraph') return [];
    const [, number, text] = /^(\d+)\. (.*)$/s.exec(plainText(block.content)) ?? [];
    return number === undefined ? [] : [[Number(number), text ?? '']];
  });
  return lines.flatMap(([number, text]) => {
    const id = /\d{4}\.\d{5}/.exec(text)?.[0];
    return id ? [[number, id]] : [];
  });
};

describe('the list of an answer', () => {
  const examples = listedCommands(commands).flatMap(({ command }) => command.examples);

  it('has the papers of its numbered list, for every example of every command', async () => {
    const lists = new Set<string>();
    for (const example of [
      ...examples,
      'save 2503.07639',
      'saved',
      'top 5 from 6',
      'search sparse page 2',
      'recap week',
    ]) {
      const answer = await bot.handlers.command({ text: example, person: 'slack:T1:U9', destination: 'slack:T1:C1' });
      if (isForm(answer)) continue;
      const { papers = { first: 1, ids: [] } } = answer;
      const told = papers.ids.map((id, index) => [papers.first + index, id]);
      // Long names may hide the id of a paper.
      const shown = numbered(answer);
      for (const line of shown) expect(told, example).toContainEqual(line);
      if (shown.length > 0) lists.add(example.split(' ')[0] ?? '');
    }
    expect([...lists].sort()).toEqual(['recap', 'saved', 'search', 'similar', 'top']);
  });
});

describe('a text that asks for more', () => {
  const person = 'slack:T1:U5';
  const idsOf = async (text: string) => (await say(text, { person })).papers;

  it.each(['more', 'next', 'Show me more, please', 'next page'])(
    'shows the next page of the last list: "%s"',
    async (text) => {
      const first = await idsOf('top 3');
      const next = await idsOf(text);
      expect(next).toEqual(await idsOf('top 3 from 4'));
      expect(next?.ids).not.toEqual(first?.ids);
      await idsOf('top 3');
      await say('show 2', { person });
      expect(await idsOf(text)).toEqual(next);
      expect((await idsOf(text))?.first).toBe(7);
    },
  );

  it('shows nothing if the last list has no more, or is another person’s', async () => {
    await say('top 3', { person });
    expect((await say('more', { person: 'slack:T1:U6' })).papers).toBeUndefined();
    await say('top 24', { person });
    expect((await say('more', { person })).papers).toBeUndefined();
  });

  it('shows nothing after the list was forgotten', async () => {
    await say('top 3', { person });
    await bot.stores.changes.forget(person, '2025-07-08T13:00:00.000Z');
    expect((await say('more', { person })).papers).toBeUndefined();
  });
});

describe('a number', () => {
  it('means the paper of that number in the last list that the person was shown there', async () => {
    const ids = (await say('top 5')).papers?.ids ?? [];
    expect(shownBy(await say('show 3'))).toBe(ids[2]);
    expect(shownBy(await say('show third'))).toBe(ids[2]);
    const found = (await say('search Quantization')).papers?.ids ?? [];
    expect(shownBy(await say('show #2'))).toBe(found[1]);
  });

  it('continues over the pages of a list', async () => {
    const first = (await say('top 3')).papers?.ids ?? [];
    const second = (await say('top 3 from 4')).papers?.ids ?? [];
    expect(shownBy(await say('show 2'))).toBe(first[1]);
    expect(shownBy(await say('show 5'))).toBe(second[1]);
    await say('top 3 from 10');
    expect(shownBy(await say('show 10'))).toBeDefined();
    expect((await say('show 2')).summary).toBe('There is no number 2: your last list has the numbers 10 to 12.');
  });

  it('means a paper of the newest digest for somebody without a list, and is refused beyond it', async () => {
    const posted = (await say('top 24', { person: 'slack:T1:U7' })).papers?.ids ?? [];
    expect(shownBy(await say('show 3', { person: 'slack:T1:U8' }))).toBe(posted[2]);
    expect((await say('show 99', { person: 'slack:T1:U8' })).summary).toBe(
      'There is no number 99: the newest digest has 24 papers.',
    );
  });

  it('means a paper of the digest in whose thread it is written, or of a list shown there', async () => {
    const posted = await bot.stores.outbox.papersWith({ destination: 'slack:T1:C1', messageId: '2025-07-03-0' });
    await say('top 5');
    expect(shownBy(await say('show 3', { thread: '2025-07-03-0' }))).toBe(posted[2]);
    const found = (await say('search Quantization', { thread: '2025-07-03-0' })).papers?.ids ?? [];
    expect(shownBy(await say('show 3', { thread: '2025-07-03-0' }))).toBe(found[2]);
    expect(shownBy(await say('show 3'))).toBe(found[2]);
  });

  it('counts papers where a paper is named, and names several papers', async () => {
    expect((await say('similar 20 2503.07639')).summary).toBe(
      'Papers similar to Mixture of experts with sparse attention',
    );
    await say('top 5');
    expect((await say('rescore 1 2')).summary).toMatch(/2/);
  });
});
