import { button, buttonRow, type Form, type Message, message, paragraph, textMessage } from '../../core/message.ts';

/** The menu of a message about a paper: labels, and commands to send with the paper's id. */
export const messageMenu = [
  { label: 'Show in Paperboy', command: 'show' },
  { label: 'Similar papers', command: 'similar' },
  { label: 'Save to my list', command: 'save' },
] as const;

export const noPaper: Message = textMessage('This message is not about a paper. Choose one in the thread of a digest.');

/**
 * Replaces a form that cannot be opened, for example because it is too late.
 * @param command Command text for a button that sends it again; undefined if the platform cannot.
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
