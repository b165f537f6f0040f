import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { completionsFor } from '../../../src/chat/language/complete.ts';
import { parseCommand } from '../../../src/chat/language/parse.ts';
import {
  type Answer,
  isForm,
  type Message,
  maxActionLength,
  maxFields,
  maxValueLength,
} from '../../../src/core/message.ts';
import { createRandom } from '../../../tools/evaluation/metrics.ts';
import { createCommandBot } from '../../fakes/command-bot.ts';
import { createCommandTexts } from '../../fakes/command-texts.ts';
import { expectProgress, expectRendered } from '../rendered.ts';

const firstSeed = 1;
const groups = 8;
const textsAGroup = 250;
const now = new Date('2025-07-08T13:00:00Z');
const [admin, reader] = ['slack:T1:U1', 'slack:T1:U2'] as const;
const here = 'slack:T1:C1';

/** Answers that were checked. Rendering depends on nothing else, so a repeated answer needs no second check. */
const known = new Set<string>();

/** Checks the rules that core has for a message or form, above all that its buttons send existing commands. */
const expectSound = (answer: Answer): void => {
  const buttons = isForm(answer)
    ? [answer.form.submit]
    : answer.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
  for (const { label, command } of buttons) {
    expect(label.trim()).not.toBe('');
    expect(command.length).toBeLessThanOrEqual(maxActionLength);
    expect(() => parseCommand(command, commands, now), `the button "${label}"`).not.toThrow();
  }
  if (isForm(answer)) {
    const { title, fields } = answer.form;
    expect(title.length).toBeLessThanOrEqual(24);
    expect(fields.length).toBeLessThanOrEqual(maxFields);
    for (const { label, value = '', hint = '', options = [] } of fields) {
      expect(label.length).toBeLessThanOrEqual(45);
      expect(value.length).toBeLessThanOrEqual(maxValueLength);
      expect(hint.length).toBeLessThanOrEqual(100);
      expect(options.length).toBeLessThanOrEqual(25);
    }
    return;
  }
  expect(answer.summary.trim()).not.toBe('');
  expect(answer.blocks).not.toEqual([]);
};

describe.each(Array.from({ length: groups }, (_, group) => firstSeed + group))('commands of the seed %i', (seed) => {
  let bot: Awaited<ReturnType<typeof createCommandBot>>;
  beforeAll(async () => {
    bot = await createCommandBot({ admins: [admin], isHere: (destination) => destination === here });
  });
  afterAll(() => bot?.close());

  it(`get an answer that every platform can show (${textsAGroup} texts)`, async () => {
    const texts = createCommandTexts(commands, createRandom(seed));
    const { handlers, lines } = bot;

    /** Sends a command, then sometimes what the answer offers, as people do. */
    const send = async (text: string, fields: Record<string, string>, steps: number): Promise<void> => {
      const progress: Message[] = [];
      const person = texts.chance(0.7) ? admin : reader;
      const destination = texts.chance(0.9) ? here : 'slack:T1:D9';
      const before = lines.length;
      const answer = await handlers.command({
        ...{ text, person, destination, fields },
        progress: async (message) => void progress.push(message),
      });
      try {
        expect(lines.slice(before).filter(({ level }) => level === 'error')).toEqual([]);
        const kind = JSON.stringify(answer);
        if (!known.has(kind)) {
          expectSound(answer);
          expectRendered(answer);
          known.add(kind);
        }
        for (const message of progress) expectProgress(message);
      } catch (error) {
        throw new Error(`seed ${seed}, ${JSON.stringify(text)} with ${JSON.stringify(fields)}`, { cause: error });
      }
      if (steps === 0) return;
      if (isForm(answer)) return send(answer.form.submit.command, texts.fields(answer.form.fields), steps - 1);
      const buttons = answer.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
      if (buttons.length > 0) await send(texts.pick(buttons).command, {}, steps - 1);
    };

    for (let nth = 0; nth < textsAGroup; nth += 1) {
      const text = texts.next();
      await send(text, {}, 2);
      if (nth % 10 > 0) continue;
      const sender = { person: reader, destination: here };
      const offered = await completionsFor(text, sender, { commands, suggest: handlers.suggest });
      expect(offered.length, `seed ${seed}, ${JSON.stringify(text)}`).toBeLessThanOrEqual(40);
    }
    const { outcomes } = bot;
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const answered = outcomes.filter(({ outcome }) => outcome === 'answered').length;
    expect(answered / outcomes.length, `seed ${seed}: the share that was not refused`).toBeGreaterThan(0.3);
  });
});
