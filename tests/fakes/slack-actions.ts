import { z } from 'zod';

const label = z.looseObject({ text: z.string() });
const buttonSchema = z.looseObject({
  type: z.literal('button'),
  action_id: z.string(),
  text: label,
  value: z.string(),
});
const menuSchema = z.looseObject({
  type: z.literal('overflow'),
  action_id: z.string(),
  options: z.array(z.looseObject({ text: label, value: z.string() })),
});

type WithBlocks = { blocks: readonly Readonly<Record<string, unknown>>[] };

const elementsOf = ({ blocks }: WithBlocks): unknown[] =>
  blocks.flatMap(({ elements }) => (Array.isArray(elements) ? elements : []));

export const buttonsOf = (message: WithBlocks) =>
  elementsOf(message).flatMap((element) => buttonSchema.safeParse(element).data ?? []);

/** The button with this label, or the menu with its entry chosen, as Slack sends it. */
export const actionOf = (message: WithBlocks, wanted: string): object | undefined =>
  buttonsOf(message).find(({ text }) => text.text === wanted) ??
  elementsOf(message)
    .flatMap((element) => menuSchema.safeParse(element).data ?? [])
    .flatMap(({ type, action_id, options }) =>
      options
        .filter(({ text }) => text.text === wanted)
        .map((selected_option) => ({ type, action_id, selected_option })),
    )[0];
