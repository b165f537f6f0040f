import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { button, buttonRow, type Message, message, note, paragraph } from '../src/core/message.ts';
import type { SummaryCost } from '../src/core/summary.ts';
import { addModelText, describeSummaryCost } from '../src/digest/text.ts';

const turnOn = button('Turn on', ['summaries', 'on'], 'primary');

const noModel = 'Summaries need a language model, and none is configured.';

const answer = (text: string, isOn: boolean, cost: SummaryCost | undefined, hint?: string): Message =>
  message(text, [
    paragraph(text),
    note(hint),
    buttonRow(isOn ? button('Turn off', ['summaries', 'off']) : cost && turnOn, button('Stats', ['stats'])),
  ]);

const question = ({ name, rubric }: Channel, cost: SummaryCost): Message => {
  const title = `Summarize the posted papers of ${name}?`;
  return message(title, [
    paragraph(
      { text: `${title} `, bold: true },
      `From the next digest on, each paper gets one sentence in ${rubric.language}. Cost: ${describeSummaryCost(cost)}`,
    ),
    buttonRow(button('Turn on', ['summaries', 'on', 'confirmed'], 'primary'), button('Keep off', ['summaries'])),
  ]);
};

export const summaries = defineCommand({
  name: 'summaries',
  summary: 'Show whether posted papers get a summary; managers can change it',
  examples: ['summaries', 'summaries on', 'summaries off'],
  options: {
    state: { type: 'word', values: ['on', 'off'], description: 'turn summaries on, after you confirm, or off' },
    confirmed: {
      type: 'word',
      isHidden: true,
      values: ['confirmed'],
      description: 'turn summaries on without asking',
    },
  },

  async run(context, { state, confirmed }) {
    const { channels, person, services } = context;
    const channel = await context.channel();
    const { name, digestSummary: isOn } = channel;
    const cost = await services.summaryCost(channel);
    const hint = cost ? `Cost: ${describeSummaryCost(cost)}` : noModel;
    if (state === undefined) return answer(`Summaries are ${isOn ? 'on' : 'off'} for ${name}.`, isOn, cost, hint);
    context.requireManager(channel);
    const wanted = state === 'on';
    if (wanted === isOn) return answer(`Summaries are already ${state} for ${name}.`, isOn, cost, hint);
    if (wanted && !cost) throw new UserError(`${noModel} ${addModelText}`);
    if (wanted && cost && !confirmed) return question(channel, cost);
    await channels.change(name, { kind: 'summary', isOn: wanted }, person);
    return answer(`Summaries are now ${state} for ${name}, from the next digest on.`, wanted, cost);
  },
});
