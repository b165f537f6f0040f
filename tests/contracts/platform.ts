import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotFill } from '../../src/chat/kit/text.ts';
import type { MessageRef, Person } from '../../src/core/addresses.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { type Message, textMessage } from '../../src/core/message.ts';
import type { Capability, CommandRequest, Platform, PlatformDescriptor, Reaction } from '../../src/core/platform.ts';
import { commandText } from '../fakes/commands.ts';
import { findSent } from '../fakes/find-sent.ts';
import { editing, hostile, rich } from './platform-messages.ts';
import { sentContract } from './platform-sent.ts';

/** A platform with what people do on it and see of it. */
export type PlatformUnderTest = {
  /** Not connected yet. */
  platform: Platform;
  /** Its declared limits are checked too. */
  descriptor: PlatformDescriptor;
  /** Capabilities that the platform has and the server of this test lacks. */
  untested?: readonly Capability[];
  /** A destination as written in the config. */
  destination: string;
  /** Well-formed addresses that cannot be posted to; undefined if there are none. */
  elsewhere: { otherTenant: string; missing: string } | undefined;
  /** Two people, as full addresses. */
  people: readonly [Person, Person];
  /**
   * The first person sends a command; resolves with the texts that person is then shown as its answer. Of a form: its
   * title, its labels, and the values of its fields.
   */
  type(text: string): Promise<string[]>;
  /** The texts of the first person's last answer now. Required with `progress`. */
  answer?(): Promise<string[]>;
  /**
   * The first person presses the button of that label in the last answer; resolves with the texts shown as its answer.
   * Required with `buttons`.
   */
  press?(label: string): Promise<string[]>;
  /**
   * Fills in and sends the form that is open for the first person, the values by the fields' names; resolves with the
   * texts shown as its answer. Required with `forms`.
   */
  fill?(values: Record<string, string>): Promise<string[]>;
  /** Texts that a reader sees: without a thread those at the top of the destination, else a thread's, header first. */
  shown(thread?: MessageRef): Promise<string[]>;
  /** Required with `reactions`. */
  reactions?: { up: string; down: string; bot: Person; set(reaction: Reaction, present: boolean): Promise<void> };
  /** What is shown of a text if the platform leaves out some characters; the text itself if not given. */
  visible?(text: string): string;
  /** The platform as after a restart, connected. */
  restart(): Promise<Platform>;
  close(): Promise<void>;
};

/** The suite that every platform passes. */
export const platformContract = (name: string, setup: () => Promise<PlatformUnderTest>, options = { skip: false }) => {
  describe.skipIf(options.skip)(`${name} as a platform`, () => {
    let under: PlatformUnderTest;
    let platform: Platform;
    let destination: string;
    const commands: CommandRequest[] = [];
    const added: Reaction[] = [];
    const removed: Reaction[] = [];
    let keys = 0;
    /** Holds back the answer of a long command. */
    let held = Promise.withResolvers<void>();
    const since = Date.now();
    const nextKey = () => `contract-${++keys}`;
    const can = (capability: Capability): boolean => !under.descriptor.cannot?.includes(capability);
    /** Skips what the server of this test lacks. */
    const needs = (capability: Capability, skip: (note: string) => void): void => {
      if (under.untested?.includes(capability)) skip(`this server has no ${capability}`);
    };
    const send = (message: Message, thread?: MessageRef, key = nextKey()) =>
      platform.send({ destination, thread, message, key });

    beforeAll(async () => {
      under = await setup();
      ({ platform } = under);
      await platform.connect();
      destination = await platform.resolve(under.destination);
      await platform.listen({
        async command(request) {
          const text = commandText(request);
          commands.push({ ...request, text } as CommandRequest);
          const { fields = {} } = request;
          if (text === 'topics edit') return editing;
          if (text === 'topics save foundations')
            return textMessage(`Saved: ${fields.topics} from ${fields.cutoff} in ${fields.language}.`);
          if (text === 'menu') return rich;
          if (text === 'rescore today') {
            await request.progress?.(textMessage('1 of 2 papers rescored.'));
            await held.promise;
            return textMessage('2 papers rescored.');
          }
          return textMessage(text === 'top x' ? 'Write a number.' : `You typed ${text}.`);
        },
        paperOf: async () => undefined,
        card: async () => undefined,
        suggest: async ({ input }) => [{ label: `${input}?`, value: input }],
        reactionAdded: async (reaction) => void added.push(reaction),
        reactionRemoved: async (reaction) => void removed.push(reaction),
      });
    });
    afterAll(() => under?.close());

    it('fills in the tenant of a destination and keeps a full address', async () => {
      expect(platform.name).toBe(under.descriptor.name);
      expect(destination.startsWith(`${platform.name}`)).toBe(true);
      expect(under.descriptor.parseAddress(under.descriptor.example)).not.toHaveProperty('fault');
      expect(await platform.resolve(destination)).toBe(destination);
    });

    it('refuses an address that is not its own with a sentence for the user', async () => {
      const foreign = under.elsewhere?.otherTenant ?? 'somewhere:C1';
      await expect(platform.resolve(foreign)).rejects.toThrow(UserError);
      const wrong = `${platform.name}:not an address`;
      expect(under.descriptor.parseAddress(wrong)).toHaveProperty('fault');
      await expect(platform.resolve(wrong)).rejects.toThrow(UserError);
    });

    it('is tested for every feature that it does not declare as missing', () => {
      const tested = { reactions: under.reactions, buttons: under.press, forms: under.fill, progress: under.answer };
      for (const [name, means] of Object.entries(tested) as [Capability, unknown][])
        if (!under.untested?.includes(name)) expect(means !== undefined, name).toBe(can(name));
    });

    it('fails for good if the destination does not exist', async ({ skip }) => {
      if (!under.elsewhere) return skip('there is one destination');
      const missing = await platform.resolve(under.elsewhere.missing);
      const sent = platform.send({ destination: missing, message: textMessage('Hello'), key: nextKey() });
      const error = await sent.catch((error: unknown) => error);
      expect(error).toBeInstanceOf(ExternalError);
      expect(error).toMatchObject({ retryable: false });
    });

    it('sends a header and its replies in order', async () => {
      const header = await send(textMessage('Header of a day'));
      expect(header.destination).toBe(destination);
      for (const text of ['First paper', 'Second paper', 'Third paper']) await send(textMessage(text), header);
      expect(await under.shown(header)).toEqual(['Header of a day', 'First paper', 'Second paper', 'Third paper']);
      expect(await under.shown()).toContain('Header of a day');
      expect((await under.shown()).includes('First paper')).toBe(!can('threads'));
    });

    it('shows hostile text as the text it is', async () => {
      const header = await send(textMessage('Hostile header'));
      for (const text of hostile) await send(textMessage(text), header);
      const visible = under.visible ?? ((text: string) => text);
      expect(await under.shown(header)).toEqual(['Hostile header', ...hostile.map(visible)]);
    });

    sentContract(() => ({ under, platform, destination, can, send, nextKey, since }));

    it('answers a command with what the handler returns', async () => {
      expect(await under.type('top 5')).toEqual(['You typed top 5.']);
      expect(commands.at(-1)).toMatchObject({ person: under.people[0], destination });
    });

    it('answers a wrong command with the sentence that says what to write', async () => {
      expect(await under.type('top x')).toEqual(['Write a number.']);
    });

    it('shows the bars of a chart, the text of a file and the label of every button', async () => {
      const shown = (await under.shown(await send(rich))).join('\n');
      const parts = [
        'Papers a day',
        'Monday',
        '12 papers',
        'Tuesday',
        'none',
        'reading-list.bib',
        '@article{some2025,',
      ];
      for (const text of ['A paper with everything', ...parts]) expect(shown).toContain(text);
      for (const label of ['Abstract', 'Similar', 'Rescore']) expect(shown).toContain(label);
    });

    it('sends the command of a button that is pressed, or shows what to type', async () => {
      const shown = (await under.type('menu')).join('\n');
      expect(shown).toContain('Similar');
      if (!under.press) {
        expect(shown).toContain('/arxiv similar 2503.07639');
        expect(shown).toContain('/arxiv bibtex 2503.07639');
        return;
      }
      expect(await under.press('Similar')).toEqual(['You typed similar 2503.07639.']);
      expect(commands.at(-1)).toMatchObject({ text: 'similar 2503.07639', person: under.people[0], destination });
      // An entry of a menu is pressed like a button.
      await under.type('menu');
      expect(await under.press('BibTeX')).toEqual(['You typed bibtex 2503.07639.']);
    });

    it('shows a form with its fields and sends what was filled in, or says where to fill it in', async () => {
      const shown = (await under.type('topics edit')).join('\n');
      const labels = ['Topics', 'Why', 'Relevance from', 'Language'];
      for (const text of ['Change the topics', ...labels, 'Sorting networks', 'English']) expect(shown).toContain(text);
      if (!under.fill) {
        expect(shown).toContain(cannotFill);
        return;
      }
      const answer = await under.fill({ topics: 'Sorting <networks>\n& more', language: 'de' });
      expect(answer).toEqual(['Saved: Sorting <networks>\n& more from 7 in de.']);
      const { text, fields, person, destination: sentTo } = commands.at(-1) ?? {};
      expect({ text, person, sentTo }).toEqual({
        text: 'topics save foundations',
        person: under.people[0],
        sentTo: destination,
      });
      expect(fields).toMatchObject({ topics: 'Sorting <networks>\n& more', cutoff: '7', language: 'de' });
      // A field that is left empty is empty or not there.
      expect(fields?.note ?? '').toBe('');
    });

    it('replaces the progress of a command by the answer, or shows only the answer', async () => {
      const { answer } = under;
      held = Promise.withResolvers();
      if (!answer) {
        held.resolve();
        expect(await under.type('rescore today')).toEqual(['2 papers rescored.']);
        return;
      }
      const typing = under.type('rescore today');
      await expect.poll(answer).toEqual(['1 of 2 papers rescored.']);
      held.resolve();
      await expect.poll(answer).toEqual(['2 papers rescored.']);
      await typing;
    });

    it('changes a sent message and still finds it by its key', async () => {
      const [top, inside] = [nextKey(), nextKey()];
      const header = await send(textMessage('Header before'), undefined, top);
      const paper = await send(textMessage('Paper before'), header, inside);
      await send(textMessage('Paper after it'), header);
      const inThread = { destination, thread: header, message: textMessage('Paper changed'), key: inside };
      await platform.edit(paper, inThread);
      await platform.edit(header, { destination, message: textMessage('Header changed'), key: top });
      const shown = await under.shown(header);
      if (!can('edits')) {
        for (const text of ['Header before', 'Paper before', 'Header changed', 'Paper changed'])
          expect(shown).toContain(text);
        return;
      }
      expect(shown).toEqual(['Header changed', 'Paper changed', 'Paper after it']);
      if (!can('find')) return;
      const restarted = await under.restart();
      expect(await findSent(restarted, { destination, key: top, since })).toEqual(header);
      expect(await findSent(restarted, { destination, thread: header, key: inside, since })).toEqual(paper);
      await restarted.edit(paper, { ...inThread, message: textMessage('Paper changed again') });
      await restarted.close();
      expect(await under.shown(header)).toEqual(['Header changed', 'Paper changed again', 'Paper after it']);
    });

    it('removes a message, also a second time', async () => {
      const key = nextKey();
      const header = await send(textMessage('Header to remove'));
      const paper = await send(textMessage('Paper to remove'), header, key);
      await send(textMessage('Paper that stays'), header);
      await platform.remove(paper, header);
      await platform.remove(paper, header);
      if (!can('edits')) {
        expect(await under.shown(header)).toContain('Paper to remove');
        return;
      }
      expect(await under.shown(header)).toEqual(['Header to remove', 'Paper that stays']);
      expect(await findSent(platform, { destination, thread: header, key, since })).toBeUndefined();
      const alone = await send(textMessage('Header without papers'));
      await platform.remove(alone, undefined);
      await platform.remove(alone, undefined);
      expect(await under.shown()).not.toContain('Header without papers');
    });

    it('lists no reactions on a new message', async ({ skip }) => {
      needs('reactions', skip);
      expect(await platform.reactions(await send(textMessage('Header without votes')))).toEqual([]);
    });

    it('reports reactions that people add and remove', async ({ skip }) => {
      const { reactions, people } = under;
      needs('reactions', skip);
      if (!reactions) return;
      const message = await send(textMessage('A paper'), await send(textMessage('A header')));
      const reaction = { message, person: people[0], emoji: reactions.up };
      await reactions.set(reaction, true);
      await expect.poll(() => added).toContainEqual(reaction);
      expect(removed).not.toContainEqual(reaction);
      await reactions.set(reaction, false);
      await expect.poll(() => removed).toContainEqual(reaction);
    });

    it("lists the current reactions of a thread, and never reports the bot's own", async ({ skip }) => {
      const { reactions, people } = under;
      needs('reactions', skip);
      if (!reactions) return;
      const header = await send(textMessage('Header with votes'));
      const paper = await send(textMessage('Paper with votes'), header);
      const other = await send(textMessage('Header of another day'));
      const current = [
        { message: header, person: people[0], emoji: reactions.up },
        { message: paper, person: people[0], emoji: reactions.down },
        { message: paper, person: people[1], emoji: reactions.up },
      ];
      const own = { message: paper, person: reactions.bot, emoji: reactions.up };
      await reactions.set(own, true);
      const elsewhere = { message: other, person: people[0], emoji: reactions.up };
      for (const reaction of [...current, elsewhere]) await reactions.set(reaction, true);
      const retracted = { message: header, person: people[1], emoji: reactions.down };
      await reactions.set(retracted, true);
      await reactions.set(retracted, false);

      const listed = await platform.reactions(header);
      expect(listed).toHaveLength(current.length);
      expect(listed).toEqual(expect.arrayContaining(current));
      await expect.poll(() => added).toContainEqual(elsewhere);
      expect(added).not.toContainEqual(own);
    });

    it('closes, also a second time', async () => {
      await platform.close();
      await platform.close();
    });
  });
};
