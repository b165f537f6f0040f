import { button, buttonRow, type Form, type Message, message, paragraph, textMessage } from '../../core/message.ts';

/** The menu on a message about a paper: what people choose, and the command that is sent with the paper's id. */
export const messageMenu = [
  { label: 'Show in Paperboy', command: 'show' },
  { label: 'Similar papers', command: 'similar' },
  { label: 'Save to my list', command: 'save' },
] as const;

export const noPaper: Message = textMessage('This message is not about a paper. Choose one in the thread of a digest.');

/**
 * Replaces a form that cannot be opened, such as one that came too late. The button sends the command again.
 *
 * @param command A command text for the button; undefined if the platform cannot send the command again.
 */
export const lateForm = ({ title }: Form, command: string | undefined): Message => {
  const open = command === undefined ? undefined : button('Open form', [command], 'primary');
  const text = `The form “${title}” could not be opened.`;
  return open
    ? message(`${text} Press the button to try again.`, [
        paragraph(`${text} Press the button to try again.`),
        buttonRow(open),
      ])
    : textMessage(`${text} Please send the command again.`);
};
