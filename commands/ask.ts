import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import {
  button,
  buttonRow,
  type Form,
  type Message,
  message,
  note,
  paragraph,
  textMessage,
} from '../src/core/message.ts';
import { isSamplePaper, linkedTitle } from '../src/core/paper.ts';
import { addModelText, describeCost } from '../src/digest/text.ts';

const sourceTexts = {
  'full text': 'Based on the full text.',
  abstract: 'Based on the abstract; arXiv has no readable full text of this paper.',
} as const;

/** Answers a question about a paper. Takes into account what the person asked about the paper before in the same thread. */
export const askAbout = async (context: CommandContext, id: string, question: string): Promise<Message> => {
  const { services, stores, clock, signal, person, address, destination } = context;
  if (isSamplePaper({ id }))
    throw new UserError('This paper is invented for the sample day. Ask about a paper with an arXiv id.');
  if (services.model === undefined)
    throw new UserError(`Questions about papers need a language model, and none is configured. ${addModelText}`);
  const channel = await context.channel();
  await context.progress(textMessage('Reading the paper …'));
  const paper = await services.papers.find(id, signal, person);
  const where = { person, destination, thread: context.thread?.messageId ?? '' };
  const now = clock.now().toISOString();
  const last = await stores.conversations.lastAsked(where, now);
  const before = last?.paperId === paper.id ? last : undefined;
  const { text, quotes, source, usage } = await services.ask(
    channel,
    paper,
    question,
    signal,
    { person, address },
    before,
  );
  await stores.conversations.asked({ ...where, paperId: paper.id, question, answer: text, at: now });
  const cost = describeCost({ usage });
  return message(`About ${paper.title}: ${question}`, [
    paragraph(linkedTitle(paper, true), ` (${paper.id})`),
    paragraph({ text: question, bold: true }),
    paragraph(text),
    paragraph(quotes.length > 0 && 'The paper says:'),
    quotes.map((quote) => paragraph({ text: `“${quote}”`, italic: true })),
    note(`${sourceTexts[source]}${cost ? ` ${cost}` : ''}`),
    buttonRow(button('New question', ['ask', paper.id]), button('Show paper', ['show', paper.id])),
  ]);
};

const formFor = (paperId: string): Form => ({
  title: 'Ask about a paper',
  intro: `Paperboy reads the full text of ${paperId} if arXiv has it. The answer quotes the paper.`,
  fields: [
    { name: 'question', label: 'Your question', kind: 'text', hint: 'What data was it trained on?', required: true },
  ],
  submit: { label: 'Ask', command: `ask ${paperId}` },
});

export const ask = defineCommand({
  name: 'ask',
  summary: 'Ask a question about a paper; the answer quotes it',
  examples: ['ask 2503.07639', 'ask 2503.07639 What data was it trained on?'],
  aliases: ['ask about', 'question about'],
  options: {
    paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' },
    question: { type: 'text', description: 'your question; leave it out to get a form', required: false },
  },

  async run(context, { paper, question = context.fields.question }) {
    if (question === undefined) return { form: formFor(paper) };
    if (!question.trim())
      throw new UserError(`Write a question, such as /arxiv ask ${paper} What data was it trained on?`);
    return askAbout(context, paper, question.trim());
  },
});
