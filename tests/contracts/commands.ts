import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { parseCommand, readCommand } from '../../src/chat/language/parse.ts';
import { shownCommands } from '../../src/core/command.ts';
import { type Answer, isForm, plainText } from '../../src/core/message.ts';
import type { CommandRequest } from '../../src/core/platform.ts';
import { createCommandBot } from '../fakes/command-bot.ts';
import { eventually } from '../fakes/patience.ts';
import type { PlatformUnderTest } from './platform.ts';

const now = new Date('2025-07-08T13:00:00Z');
const wrong = 'Something went wrong';

/** What people must see of an answer: its beginning and the labels of its buttons, or a form's title and labels. */
const partsOf = (answer: Answer, hasButtons: boolean): string[] => {
  if (isForm(answer)) return [answer.form.title, ...answer.form.fields.map(({ label }) => label)];
  const [first] = answer.blocks.flatMap((block) => {
    if (block.type === 'heading') return [block.text];
    return block.type === 'paragraph' ? [plainText(block.content.slice(0, 1)).trim()] : [];
  });
  const buttons = answer.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
  return [first ?? answer.summary, ...(hasButtons ? buttons.map(({ label }) => label) : [])];
};

/** The suite that every platform passes with the real commands: each example of each command in the help. */
export const commandsContract = (name: string, setup: () => Promise<PlatformUnderTest>, options = { skip: false }) => {
  describe.skipIf(options.skip)(`${name} with every command`, () => {
    let under: PlatformUnderTest;
    let bot: Awaited<ReturnType<typeof createCommandBot>>;
    const received: { request: CommandRequest; answer: Answer }[] = [];

    beforeAll(async () => {
      under = await setup();
      const { platform, people } = under;
      bot = await createCommandBot({ admins: [people[0]] });
      const { handlers } = bot;
      await platform.connect();
      await platform.listen({
        ...handlers,
        async command(request) {
          const answer = await handlers.command(request);
          received.push({ request, answer });
          return answer;
        },
      });
    });
    afterAll(async () => {
      await under?.close();
      bot?.close();
    });

    /** Compares what is shown with the last answer. The first text shown may have been the progress of the command. */
    const expectShown = async (first: readonly string[]): Promise<void> => {
      const answer = received.at(-1)?.answer;
      if (!answer) throw new Error('nothing was answered');
      let text = first.join('\n');
      const missing = (): string[] => partsOf(answer, under.press !== undefined).filter((part) => !text.includes(part));
      await eventually(async () => {
        if (missing().length > 0 && under.answer) text = [...first, ...(await under.answer())].join('\n');
        return missing().length === 0 || !under.answer ? true : undefined;
      });
      expect(missing(), `in what is shown: ${text}`).toEqual([]);
      expect(text).not.toContain(wrong);
    };

    it.each(shownCommands(commands).map(({ path, command }) => ({ path, examples: command.examples })))(
      'shows what "$path" answers',
      async ({ examples }) => {
        for (const example of examples) {
          await expectShown(await under.type(example));
          const { request = { text: '' }, answer } = received.at(-1) ?? {};
          const { values } = readCommand(request, commands, now);
          expect(values, `"${example}" was received as ${JSON.stringify(request)}`).toEqual(
            parseCommand(example, commands, now).values,
          );
          if (answer && isForm(answer) && under.fill) await expectShown(await under.fill({}));
        }
        expect(bot.outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
        expect(bot.lines.filter(({ level }) => level === 'error')).toEqual([]);
      },
    );

    it('links the account that types a code, and unlinks it', async () => {
      const [me, other] = under.people;
      const { links } = bot.stores;
      const linked = async (person: string) => (await links.linked(person)).map((one) => one.person).toSorted();
      await expectShown(await under.type('link'));
      const { request, answer } = received.at(-1) ?? {};
      expect([request?.person, answer && !isForm(answer) && answer.isPersonal]).toEqual([me, true]);
      const code = /[A-Z]{4}-[A-Z]{4}/.exec(JSON.stringify(answer))?.[0] ?? '';
      const now = new Date('2025-07-08T13:00:30Z').toISOString();
      expect(await links.join(other, code, now)).toBe('joined');
      expect(await linked(me)).toEqual([me, other].toSorted());
      await expectShown(await under.type('unlink'));
      expect([await linked(me), await linked(other)]).toEqual([[], []]);

      await links.offer(other, 'WDJB-MJHT', now);
      await expectShown(await under.type('link wdjb-mjht'));
      expect(await linked(other)).toEqual([me, other].toSorted());
      await expectShown(await under.type('link WDJB-MJHT'));
      expect(JSON.stringify(received.at(-1)?.answer)).toContain('There is no such code');
      await expectShown(await under.type('unlink all'));
      expect(await linked(other)).toEqual([]);
    });

    it('takes a number as the paper of that number in the last list', async () => {
      await expectShown(await under.type('search "Sparse attention of"'));
      const listed = received.at(-1)?.answer;
      const [, , third] = (listed && !isForm(listed) && listed.papers?.ids) || [];
      expect(third).toBeDefined();
      for (const text of ['show 3', 'save 3', 'similar 3']) {
        if (text === 'similar 3') await under.type('search "Sparse attention of"');
        await expectShown(await under.type(text));
        expect(JSON.stringify(received.at(-1)?.answer), text).toContain(third);
      }
      await expectShown(await under.type('show 3'));
      expect(JSON.stringify(received.at(-1)?.answer), 'the third of the similar papers').not.toContain(third);
    });
  });
};
