import { setTimeout as delay } from 'node:timers/promises';
import { commands } from '../../commands/index.ts';
import { inputsFor } from '../chat/discord/inputs.ts';
import { shownText } from '../chat/discord/shown.ts';
import { discordModalSchema, type FakeModal, labelsOf } from '../fakes/discord-limits.ts';
import type { startDiscordTwin } from '../fakes/discord-twin.ts';
import { patienceMs } from '../fakes/patience.ts';

type Twin = Awaited<ReturnType<typeof startDiscordTwin>>;
type Answers = Awaited<ReturnType<Twin['type']>>;

/** A private answer: its text, the labels of its buttons, its messages. */
type Answered = { text: string; labels: string[]; before: string[]; message: string };

const valuesOf = ({ components }: FakeModal): Record<string, string> =>
  Object.fromEntries(
    components.flatMap((one) =>
      one.type === 18 && one.component.type === 4 ? [[one.component.custom_id, one.component.value ?? '']] : [],
    ),
  );

/** The actions of a person in a channel or thread of a Discord server, and the answers. */
export const createPerson = (twin: Twin, { user = twin.people.alice, channel = twin.general } = {}) => {
  const at = { user, channel };
  let form: FakeModal | undefined;
  let last: Promise<Answers> | undefined;

  /** Waits for an answer that matches, and collects the texts before it. */
  const answered = async (answers: Promise<Answers>, pattern: RegExp): Promise<Answered> => {
    last = answers;
    const deadline = Date.now() + patienceMs;
    const { messages, modal } = await answers;
    if (modal) throw new Error(`the form "${modal.title}" was opened`);
    const seen: string[] = [];
    for (;;) {
      const shown = await messages();
      const text = shown.map(({ embeds }) => shownText(embeds)).join('\n');
      if (pattern.test(text)) {
        const labels = labelsOf(shown.flatMap(({ components }) => components));
        return { text, labels, before: seen, message: shown.at(-1)?.id ?? '' };
      }
      if (text && text !== seen.at(-1)) seen.push(text);
      if (Date.now() > deadline) throw new Error(`${pattern} was not answered, but: ${seen.join(' | ')}`);
      await delay(20);
    }
  };

  const opened = async (answers: Promise<Answers>): Promise<Record<string, string>> => {
    const { modal, messages } = await answers;
    if (!modal)
      throw new Error(`no form was opened, but: ${(await messages()).map(({ embeds }) => shownText(embeds))}`);
    form = discordModalSchema.parse(modal);
    return valuesOf(form);
  };

  const type = (text: string) => twin.type(inputsFor(commands, text), at);

  return {
    ask: (text: string, pattern = /[^…]$/) => answered(type(text), pattern),
    press: (message: string, label: string, pattern = /[^…]$/) =>
      answered(twin.press(label, { ...at, message }), pattern),
    /** Waits until the last answer matches. */
    async until(pattern: RegExp) {
      if (!last) throw new Error('no command was sent');
      return answered(last, pattern);
    },
    /** Chooses an entry in the menu of a message. */
    choose: (message: string, name: string, pattern = /[^…]$/) => answered(twin.choose(name, message, at), pattern),
    /** Sends a command that opens a form, and reads its fields. */
    open: (text: string) => opened(type(text)),
    openBy: (message: string, label: string) => opened(twin.press(label, { ...at, message })),
    /** Submits the open form; other fields keep their values. */
    send(values: Record<string, string>, pattern = /[^…]$/) {
      if (!form) throw new Error('no form is open');
      return answered(twin.fill(form, { ...valuesOf(form), ...values }, at), pattern);
    },
  };
};
