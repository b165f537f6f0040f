import {
  ActionRowBuilder,
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIStringSelectComponent,
  ButtonBuilder,
  ButtonStyle,
  LabelBuilder,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { z } from 'zod';
import { type Button, type Form, type FormField, type Menu, maxFields, maxValueLength } from '../../core/message.ts';
import { shorten } from '../../core/paper.ts';
import { chunksOf } from '../kit/fit.ts';
import { escaped } from './markdown.ts';

/** https://docs.discord.com/developers/components/reference#action-row and #button */
export const buttonsPerRow = 5;
const maxRows = 5;
export const maxButtons = buttonsPerRow * maxRows;
const maxButtonLabelLength = 80;
const maxIdLength = 100;
/** https://docs.discord.com/developers/components/reference#string-select */
const maxSelectOptions = 25;

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal */
const maxTitleLength = 45;
const maxLabelLength = 45;
const maxHintLength = 100;
const maxOptions = 25;
const maxOptionLength = 100;

const styles = { primary: ButtonStyle.Primary, plain: ButtonStyle.Secondary, danger: ButtonStyle.Danger } as const;

export type ButtonRow = APIActionRowComponent<APIButtonComponentWithCustomId | APIStringSelectComponent>;

/** The id of a button or form, which contains its command. `nth` makes ids unique in a message. */
const actionId = (command: string, nth: number | '' = ''): string => `arxiv${nth}:${command}`;

export const actionIn = (id: string): string | undefined => /^arxiv\d*:(.+)$/s.exec(id)?.[1];

const menuId = 'arxiv-menu:';

export const isMenu = (id: string): boolean => id.startsWith(menuId);

export const isAction = (command: string): boolean =>
  command.trim() !== '' && actionId(command, maxButtons).length <= maxIdLength;

const labelOf = (text: string): string => {
  const line = text.toWellFormed().replace(/\s+/g, ' ').trim();
  return line.length > maxButtonLabelLength ? `${line.slice(0, maxButtonLabelLength - 1).toWellFormed()}…` : line;
};

export const usableButtons = (buttons: readonly Button[]): Button[] =>
  buttons.filter((button) => isAction(button.command) && button.label.trim() !== '');

const menuRow = ({ label, items }: Menu, nth: number): ButtonRow[] => {
  const options = usableButtons(items)
    .slice(0, maxSelectOptions)
    .map((item) => ({ label: labelOf(item.label), value: item.command }));
  if (options.length === 0) return [];
  const select = new StringSelectMenuBuilder()
    .setCustomId(`${menuId}${nth}`)
    .setPlaceholder(labelOf(label))
    .addOptions(options);
  const row = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(select).toJSON();
  return [row as APIActionRowComponent<APIStringSelectComponent>];
};

/**
 * Rows of buttons, at most 25 buttons in all, then a row for each menu. Each group has its own rows if they fit.
 */
export const buttonRows = (groups: readonly (readonly Button[])[], menus: readonly Menu[] = []): ButtonRow[] => {
  const menuRows = menus.flatMap(menuRow).slice(0, maxRows - 1);
  const room = maxRows - menuRows.length;
  const apart = groups.flatMap((group) => chunksOf(group, buttonsPerRow));
  const rows = apart.length <= room ? apart : chunksOf(groups.flat(), buttonsPerRow).slice(0, room);
  let nth = 0;
  const buttonsOf = (row: readonly Button[]): ButtonRow => {
    const buttons = row.map(({ label, command, style }) =>
      new ButtonBuilder()
        .setStyle(styles[style ?? 'plain'])
        .setLabel(labelOf(label))
        .setCustomId(actionId(command, nth++)),
    );
    return new ActionRowBuilder<ButtonBuilder>().addComponents(buttons).toJSON() as ButtonRow;
  };
  return [...rows.map(buttonsOf), ...menuRows];
};

const inputOf = ({ name, kind, value, hint, required }: FormField): TextInputBuilder => {
  const input = new TextInputBuilder()
    .setCustomId(name)
    .setStyle(kind === 'text' ? TextInputStyle.Paragraph : TextInputStyle.Short)
    .setRequired(required)
    // Discord allows more, but Slack may show the same form.
    .setMaxLength(maxValueLength);
  if (value) input.setValue(value.slice(0, maxValueLength).toWellFormed());
  if (hint) input.setPlaceholder(shorten(hint, maxHintLength));
  return input;
};

const selectOf = ({ name, value, hint, required, options = [] }: FormField): StringSelectMenuBuilder => {
  const shown = options.slice(0, maxOptions).map((option) => ({
    label: shorten(option.label, maxOptionLength),
    value: option.value,
    ...(option.value === value && { default: true }),
  }));
  const select = new StringSelectMenuBuilder().setCustomId(name).setRequired(required).addOptions(shown);
  // Discord refuses a minimum of zero if a choice is required.
  if (!required) select.setMinValues(0);
  if (hint) select.setPlaceholder(shorten(hint, maxHintLength));
  return select;
};

const fieldOf = (field: FormField): LabelBuilder => {
  const label = new LabelBuilder().setLabel(shorten(field.label, maxLabelLength));
  // A field with a value shows no placeholder.
  if (field.value && field.hint) label.setDescription(shorten(field.hint, maxHintLength));
  return field.kind === 'choice' && field.options?.length
    ? label.setStringSelectMenuComponent(selectOf(field))
    : label.setTextInputComponent(inputOf(field));
};

/** A form as a modal. The introduction takes the space of a field, so a form with five fields omits it. */
export const modalOf = ({ title, intro, fields, submit }: Form) => {
  const modal = new ModalBuilder().setCustomId(actionId(submit.command)).setTitle(shorten(title, maxTitleLength));
  if (intro && fields.length < maxFields)
    modal.addTextDisplayComponents(new TextDisplayBuilder().setContent(escaped(intro)));
  return modal.addLabelComponents(fields.slice(0, maxFields).map(fieldOf)).toJSON();
};

const filledSchema = z.looseObject({
  custom_id: z.string(),
  value: z.string().nullish(),
  values: z.array(z.string()).optional(),
});
/** Discord sends fields in labels, other servers in rows. */
export const filledFormSchema = z.looseObject({
  custom_id: z.string(),
  components: z.array(
    z.looseObject({ component: filledSchema.optional(), components: z.array(filledSchema).optional() }),
  ),
});

/** Values by field name. An unselected choice is an empty string. */
export const fieldsIn = ({ components }: z.infer<typeof filledFormSchema>): Record<string, string> =>
  Object.fromEntries(
    components
      .flatMap(({ component, components: inRow = [] }) => [...(component ? [component] : []), ...inRow])
      .map(({ custom_id, value, values }) => [custom_id, value ?? values?.[0] ?? '']),
  );
