import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Form } from '../src/core/form.ts';
import { type Block, type Message, textMessage } from '../src/core/message.ts';
import { isSamplePaper } from '../src/core/paper.ts';
import { linkedTitle } from '../src/core/paper-text.ts';
import { describeCost } from '../src/digest/text.ts';
import { button, buttonsBlock } from './shared/buttons.ts';

const readings = {
  'full text': 'I read the full text.',
  abstract: 'I read the abstract alone; arXiv has no readable full text of this paper.',
} as const;

const answered = async (context: CommandContext, id: string, question: string): Promise<Message> => {
  const { services, signal, person } = context;
  if (isSamplePaper({ id })) throw new UserError('That paper is invented, for the sample day; ask about a real one.');
  const channel = await context.channel();
  await context.progress(textMessage('Reading the paper …'));
  const paper = await services.papers.find(id, signal);
  const { text, quotes, source, usage } = await services.ask(channel, paper, question, signal, person);
  const cost = describeCost({ usage });
  const quoted = quotes.map((quote): Block => ({ type: 'paragraph', content: [{ text: `“${quote}”`, italic: true }] }));
  return {
    summary: `About ${paper.title}: ${question}`,
    blocks: [
      { type: 'paragraph', content: [linkedTitle(paper, true), ` (${paper.id})`] },
      { type: 'paragraph', content: [{ text: question, bold: true }] },
      { type: 'paragraph', content: [text] },
      ...(quoted.length > 0 ? [{ type: 'paragraph' as const, content: ['The paper says:'] }, ...quoted] : []),
      { type: 'note', content: [`${readings[source]}${cost ? ` ${cost}` : ''}`] },
      ...buttonsBlock([
        ...button('Ask something else', ['ask', paper.id]),
        ...button('About this paper', ['show', paper.id]),
      ]),
    ],
  };
};

const formFor = (paperId: string): Form => ({
  title: 'Ask about a paper',
  intro: `I read ${paperId} in full where arXiv has its text, and quote what the answer rests on.`,
  fields: [
    { name: 'question', label: 'Your question', kind: 'text', hint: 'What data was it trained on?', required: true },
  ],
  submit: { label: 'Ask', command: `ask ${paperId}` },
});

export const ask = defineCommand({
  name: 'ask',
  summary: 'a question to a paper, answered with the passages that say so',
  examples: ['ask 2503.07639', 'ask 2503.07639 What data was it trained on?'],
  options: {
    paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' },
    question: { type: 'text', description: 'your question; a form asks for it if you do not say', required: false },
  },

  async run(context, { paper, question = context.fields.question }) {
    if (question === undefined) return { form: formFor(paper) };
    if (!question.trim())
      throw new UserError(`Write a question, such as /arxiv ask ${paper} What data was it trained on?`);
    return answered(context, paper, question.trim());
  },
});
