import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { shownText } from '../chat/slack/shown.ts';
import type { LocalSlack, ShownMessage, ShownView } from '../fakes/local-slack.ts';
import { patienceMs } from '../fakes/patience.ts';
import { actionOf, buttonsOf } from '../fakes/slack-actions.ts';
import { slackMessageSchema, slackModalSchema } from '../fakes/slack-limits.ts';

const fieldSchema = z.looseObject({
  type: z.literal('input'),
  block_id: z.string(),
  element: z.looseObject({ type: z.string(), action_id: z.string(), initial_value: z.string().default('') }),
});

const fieldsOf = ({ blocks }: ShownView) => blocks.flatMap((block) => fieldSchema.safeParse(block).data ?? []);

/** A private answer as its reader sees it. */
type Seen = { text: string; labels: string[]; message: ShownMessage };

const seen = (message: ShownMessage): Seen => ({
  text: shownText(message.blocks.filter(({ type }) => type !== 'actions')),
  labels: buttonsOf(message).map(({ text }) => text.text),
  message,
});

/** Acts as one person in one channel of a local Slack, and checks every answer against Slack's limits. */
export const createPerson = (
  slack: LocalSlack,
  { user = slack.people.alice as string, channel = slack.channels.general as string } = {},
) => {
  const answers = async (): Promise<ShownMessage[]> =>
    (await slack.messages(channel)).filter(({ subtype, ephemeral_to: to }) => subtype === 'ephemeral' && to === user);

  /** Acts and waits for an answer that matches; returns it with everything shown before it. */
  const answered = async (act: () => Promise<unknown>, pattern: RegExp): Promise<Seen & { before: string[] }> => {
    const before = (await answers()).length;
    const deadline = Date.now() + patienceMs;
    await act();
    for (;;) {
      const fresh = (await answers()).slice(before);
      for (const message of fresh) slackMessageSchema.parse(message);
      const shown = fresh.map(seen);
      const at = shown.findIndex(({ text }) => pattern.test(text));
      const found = shown[at];
      if (found) return { ...found, before: shown.slice(0, at).map(({ text }) => text) };
      if (Date.now() > deadline) throw new Error(`${pattern} was not answered, but: ${shown.map(({ text }) => text)}`);
      await delay(20);
    }
  };

  const opened = async (act: () => Promise<unknown>): Promise<Record<string, string>> => {
    const deadline = Date.now() + patienceMs;
    await act();
    for (;;) {
      const view = await slack.view();
      if (view) {
        slackModalSchema.parse(view);
        const fields = fieldsOf(view).map(({ block_id, element }) => [
          block_id.split(':')[1] ?? '',
          element.initial_value,
        ]);
        return Object.fromEntries(fields);
      }
      if (Date.now() > deadline) throw new Error('no form was opened');
      await delay(20);
    }
  };

  const click = async (under: ShownMessage, label: string): Promise<void> => {
    const button = actionOf(under, label);
    if (!button) throw new Error(`There is no button "${label}" but ${buttonsOf(under).map(({ text }) => text.text)}`);
    await slack.press(under.ts, button, { channel, user });
  };

  return {
    ask: (text: string, pattern = /[^…]$/) => answered(() => slack.command(text, { channel, user }), pattern),
    press: (under: ShownMessage, label: string, pattern = /[^…]$/) => answered(() => click(under, label), pattern),
    /** Waits for an answer that follows another action. */
    meanwhile: (act: () => unknown, pattern: RegExp) => answered(async () => act(), pattern),
    /** Types a command that opens a form, and reads its fields. */
    open: (text: string) => opened(() => slack.command(text, { channel, user })),
    click,
    openBy: (under: ShownMessage, label: string) => opened(() => click(under, label)),
    /** Submits the open form; fields that are not given keep their values. */
    async send(values: Record<string, string>, pattern = /[^…]$/) {
      const view = await slack.view();
      const filled = fieldsOf(view ?? { title: { text: '' }, blocks: [] }).map(({ block_id, element }) => {
        const value = values[block_id.split(':')[1] ?? ''] ?? element.initial_value;
        return [block_id, { [element.action_id]: { type: element.type, value } }];
      });
      return answered(() => slack.submit(Object.fromEntries(filled), { user }), pattern);
    },
  };
};
