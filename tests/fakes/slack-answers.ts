import { z } from 'zod';
import type { LocalSlack, ShownMessage, ShownView } from './local-slack.ts';
import { eventually } from './patience.ts';
import { actionOf } from './slack-actions.ts';
import { slackMessageSchema, slackModalSchema } from './slack-limits.ts';

const fieldSchema = z.looseObject({
  type: z.literal('input'),
  block_id: z.string(),
  element: z.looseObject({
    type: z.string(),
    action_id: z.string(),
    initial_value: z.string().optional(),
    initial_option: z.looseObject({ value: z.string() }).optional(),
  }),
});
const bodySchema = z.looseObject({ response_type: z.string().optional(), replace_original: z.boolean().optional() });

/** Acts as one person in a local Slack, and checks every answer against Slack's limits. */
export const createSlackPerson = (slack: LocalSlack) => {
  /** Whether each private answer, in order, replaces the one before; the local server ignores this. */
  const replacing: boolean[] = [];
  const given = async () => (await slack.messages()).filter(({ subtype }) => subtype === 'ephemeral');

  /**
   * The private answers after the first `before`, or the form that opened.
   * @param submitted The form that was sent, which may still be open for a moment.
   */
  const answered = async (before: number, submitted?: ShownView): Promise<ShownMessage[] | ShownView> => {
    const found = await eventually(async () => {
      const fresh = (await given()).slice(before);
      if (fresh.length > 0) return fresh;
      const view = await slack.view();
      return JSON.stringify(view) === JSON.stringify(submitted) ? undefined : view;
    });
    if (Array.isArray(found)) for (const message of found) slackMessageSchema.parse(message);
    else if (found) slackModalSchema.parse(found);
    return found ?? [];
  };

  return {
    /** For the platform, to see what the server drops. */
    fetch: async (...[url, init]: Parameters<typeof fetch>): Promise<Response> => {
      if (String(url).includes('/_hooks/response/')) {
        const body = bodySchema.parse(JSON.parse(String(init?.body)));
        if (body.response_type === 'ephemeral') replacing.push(body.replace_original ?? false);
      }
      return fetch(url, init);
    },
    async type(text: string) {
      const before = (await given()).length;
      await slack.command(text);
      return answered(before);
    },
    /** The last private answer, and those that it did not replace. */
    async standing(): Promise<ShownMessage[]> {
      const all = await given();
      return all.filter((_, index) => !replacing[index + 1]).slice(-1);
    },
    async press(label: string) {
      const all = await given();
      const [message] = all.slice(-1);
      const button = message && actionOf(message, label);
      if (!message || !button) throw new Error(`There is no button "${label}".`);
      await slack.press(message.ts, button);
      return answered(all.length);
    },
    /** Fills in and submits the open form. */
    async fill(values: Record<string, string>) {
      const before = (await given()).length;
      const view = await slack.view();
      const fields = (view?.blocks ?? []).flatMap((block) => fieldSchema.safeParse(block).data ?? []);
      const filled = fields.map(({ block_id, element }) => {
        const value =
          values[block_id.split(':')[1] ?? ''] ?? element.initial_value ?? element.initial_option?.value ?? null;
        const selected = { selected_option: value === null ? null : { value } };
        const content = element.type === 'static_select' ? selected : { value };
        return [block_id, { [element.action_id]: { type: element.type, ...content } }];
      });
      await slack.submit(Object.fromEntries(filled));
      return answered(before, view);
    },
  };
};
