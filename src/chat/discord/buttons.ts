import type { Button } from '../../core/message.ts';

/** https://docs.discord.com/developers/components/reference#component-object-component-types, and the styles of buttons */
const types = { row: 1, button: 2 } as const;
const styles = { primary: 1, plain: 2, danger: 4 } as const;

/** https://docs.discord.com/developers/components/reference#action-row and #button */
const perRow = 5;
const maxRows = 5;
export const maxButtons = perRow * maxRows;
const labelLength = 80;
const idLength = 100;

export type ButtonRow = {
  type: typeof types.row;
  components: { type: typeof types.button; style: number; label: string; custom_id: string }[];
};

/** What Discord gives back of a button or a form: our mark, and the command. In one message no two may be the same. */
export const actionId = (command: string, nth: number | '' = ''): string => `arxiv${nth}:${command}`;

/** The command in what Discord gives back; undefined where it is not ours. */
export const actionIn = (id: string): string | undefined => /^arxiv\d*:(.+)$/s.exec(id)?.[1];

/** True where Discord takes a button or a form with this command. */
export const isAction = (command: string): boolean => {
  return command.trim() !== '' && actionId(command, maxButtons).length <= idLength;
};

const label = (text: string): string => {
  const line = text.toWellFormed().replace(/\s+/g, ' ').trim();
  return line.length > labelLength ? `${line.slice(0, labelLength - 1).toWellFormed()}…` : line;
};

/** Those of the buttons that Discord takes. */
export const usableButtons = (buttons: readonly Button[]): Button[] =>
  buttons.filter((button) => isAction(button.command) && button.label.trim() !== '');

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

/** Groups of buttons, at most 25 in all, as rows under a message: each group in rows of its own where there is room. */
export const buttonRows = (groups: readonly (readonly Button[])[]): ButtonRow[] => {
  const apart = groups.flatMap((group) => chunks(group, perRow));
  const rows = apart.length <= maxRows ? apart : chunks(groups.flat(), perRow).slice(0, maxRows);
  let nth = 0;
  return rows.map((row) => ({
    type: types.row,
    components: row.map((button) => ({
      type: types.button,
      style: styles[button.style ?? 'plain'],
      label: label(button.label),
      custom_id: actionId(button.command, nth++),
    })),
  }));
};
