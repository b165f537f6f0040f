import { type Block, type Button, maxActionLength } from '../../src/core/message.ts';

/** A button, or none where its command is longer than a button may carry. */
export const button = (label: string, words: readonly (string | undefined)[], style?: Button['style']): Button[] => {
  const command = words.filter((word) => word !== undefined && word !== '').join(' ');
  return command.length > maxActionLength ? [] : [{ label, command, ...(style && { style }) }];
};

/** The buttons as a block; nothing where there are none. */
export const buttonsBlock = (buttons: readonly Button[]): Block[] =>
  buttons.length > 0 ? [{ type: 'buttons', buttons }] : [];
