import { defineCommand } from '../src/core/command.ts';
import { button, buttonRow, type Message, message, paragraph, textMessage } from '../src/core/message.ts';

const mostUsed =
  'Type /arxiv top for the newest papers, /arxiv search with a few words, or /arxiv ask with a paper and a question.';

/** What to type, in two lines: for texts that are no command. */
export const shortHelp = (text: string): Message =>
  message(text, [
    paragraph(text),
    paragraph(`${mostUsed} /arxiv help lists all commands.`),
    buttonRow(button('Newest papers', ['top']), button('Help', ['help'])),
  ]);

export const hello = defineCommand({
  name: 'hello',
  summary: 'Answer a greeting',
  examples: ['hello'],
  isHidden: true,
  aliases: ['who are you', 'what are you'],
  options: {},
  run: async () => shortHelp('Hello! I find papers for you.'),
});

export const thanks = defineCommand({
  name: 'thanks',
  summary: 'Answer thanks',
  examples: ['thanks'],
  isHidden: true,
  options: {},
  run: async () => textMessage('You are welcome.'),
});
