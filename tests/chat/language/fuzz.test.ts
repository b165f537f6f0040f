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
import { createAsked } from '../../fakes/asked.ts';
import { createCommandTexts } from '../../fakes/command-texts.ts';
import { expectProgress, expectRendered } from '../rendered.ts';

const firstSeed = 1;
const groups = 8;
const textsAGroup = 250;
const now = new Date('2025-07-08T13:00:00Z');
const [admin, reader] = ['slack:T1:U1', 'slack:T1:U2'] as const;
const here = 'slack:T1:C1';

/** Answers that were looked at; how one is shown depends on nothing else, so that the same one again proves nothing. */
const known = new Set<string>();

/** Holds a message or a form to what core asks of it, above all that its buttons say commands that there are. */
const expectSound = (answer: Answer): void => {
  const said = isForm(answer)
    ? [answer.form.submit]
    : answer.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
  for (const { label, command } of said) {
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
  let asked: Awaited<ReturnType<typeof createAsked>>;
  beforeAll(async () => {
    asked = await createAsked({ admins: [admin], isHere: (destination) => destination === here });
  });
  afterAll(() => asked?.close());

  it(`are answered whatever is typed, as every platform can show it (${textsAGroup} texts)`, async () => {
    const texts = createCommandTexts(commands, createRandom(seed));
    const { handlers, lines } = asked;

    /** Says a command; then, now and then, what the answer offers, as people do. */
    const say = async (text: string, fields: Record<string, string>, steps: number): Promise<void> => {
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
      if (isForm(answer)) return say(answer.form.submit.command, texts.fields(answer.form.fields), steps - 1);
      const buttons = answer.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
      if (buttons.length > 0) await say(texts.pick(buttons).command, {}, steps - 1);
    };

    for (let nth = 0; nth < textsAGroup; nth += 1) {
      const text = texts.next();
      await say(text, {}, 2);
      if (nth % 10 > 0) continue;
      const place = { person: reader, destination: here };
      const offered = await completionsFor(text, place, { commands, suggest: handlers.suggest });
      expect(offered.length, `seed ${seed}, ${JSON.stringify(text)}`).toBeLessThanOrEqual(30);
    }
    const { outcomes } = asked;
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const answered = outcomes.filter(({ outcome }) => outcome === 'answered').length;
    expect(answered / outcomes.length, `seed ${seed}: the share that is no refusal`).toBeGreaterThan(0.3);
  });
});
