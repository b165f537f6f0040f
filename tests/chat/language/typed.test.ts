import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, isForm } from '../../../src/core/message.ts';
import { createCommandBot } from '../../fakes/command-bot.ts';

/**
 * What people type, after they were shown `top 5`, and the command with the same answer; `{3}` is the third paper of that
 * list. `yes: COMMAND` is the question whether that command was meant; `found: COMMAND` finds the same papers, but does not
 * number them.
 */
const typed: Readonly<Record<string, readonly (readonly [text: string, command: string])[]>> = {
  'an arXiv id or link alone': [
    ['2503.07639', 'show 2503.07639'],
    ['2503.07639v2', 'show 2503.07639'],
    ['arXiv:2503.07639', 'show 2503.07639'],
    ['ARXIV: 2503.07639', 'show 2503.07639'],
    ['https://arxiv.org/abs/2503.07639', 'show 2503.07639'],
    ['http://arxiv.org/abs/2503.07639v1', 'show 2503.07639'],
    ['arxiv.org/abs/2503.07639', 'show 2503.07639'],
    ['https://www.arxiv.org/abs/2503.07639', 'show 2503.07639'],
    ['https://export.arxiv.org/abs/2503.07639', 'show 2503.07639'],
    ['https://arxiv.org/pdf/2503.07639', 'show 2503.07639'],
    ['https://arxiv.org/pdf/2503.07639v3.pdf', 'show 2503.07639'],
    ['https://arxiv.org/html/2503.07639v1#S3', 'show 2503.07639'],
    ['<https://arxiv.org/abs/2503.07639|arxiv.org/abs/2503.07639>', 'show 2503.07639'],
    ['(https://arxiv.org/abs/2503.07639).', 'show 2503.07639'],
    ['https://ar5iv.labs.arxiv.org/html/2503.07639', 'show 2503.07639'],
    ['https://www.alphaxiv.org/abs/2503.07639', 'show 2503.07639'],
    ['https://huggingface.co/papers/2503.07639', 'show 2503.07639'],
    ['https://hf.co/papers/2503.07639', 'show 2503.07639'],
    ['https://doi.org/10.48550/arXiv.2503.07639', 'show 2503.07639'],
    ['doi:10.48550/arXiv.2503.07639', 'show 2503.07639'],
    ['hep-th/9901001', 'show hep-th/9901001'],
    ['https://arxiv.org/abs/math.GT/0309136', 'show math/0309136'],
    ['“2503.07639”', 'show 2503.07639'],
    ['/arxiv 2503.07639', 'show 2503.07639'],
    ['2503.07639 please', 'show 2503.07639'],
    ['Hi, this paper: 2503.07639', 'show 2503.07639'],
  ],
  'an id or link with other words': [
    ['2503.07639 what data?', 'ask 2503.07639 what data?'],
    ['what data does 2503.07639 use?', 'ask 2503.07639 what data does 2503.07639 use?'],
    ['ask what data does 2503.07639 use?', 'ask 2503.07639 what data does 2503.07639 use?'],
    ['2503.07639 save', 'save 2503.07639'],
    ['save this https://arxiv.org/abs/2503.07639', 'save 2503.07639'],
    ['bookmark 2503.07639', 'save 2503.07639'],
    ['what papers are similar to 2503.07639', 'similar 2503.07639'],
    ['more like 2503.07639', 'similar 2503.07639'],
    ['similar 20 2503.07639', 'similar 2503.07639 20'],
    ['tell me about 2503.07639', 'show 2503.07639'],
    ['explain https://arxiv.org/pdf/2503.07639', 'show 2503.07639'],
    ['abstract of 2503.07639', 'abstract 2503.07639'],
  ],
  'a number of the last list': [
    ['3', 'show {3}'],
    ['3.', 'show {3}'],
    ['#3', 'show {3}'],
    ['three', 'show {3}'],
    ['third', 'show {3}'],
    ['the third one', 'show {3}'],
    ['number 3 please', 'show {3}'],
    ['show 3', 'show {3}'],
    ['show me number three', 'show {3}'],
    ['show3', 'show {3}'],
    ['open #3', 'show {3}'],
    ['save 3', 'save {3}'],
    ['save #3!', 'save {3}'],
    ['Save the third paper', 'save {3}'],
    ['3 save', 'save {3}'],
    ['save paper no 3, thanks', 'save {3}'],
    ['ask 3 what data?', 'ask {3} what data?'],
    ['ask number 3 what data?', 'ask {3} what data?'],
    ['3 what data?', 'ask {3} what data?'],
    ['similar 3', 'similar {3}'],
    ['more like the 3rd', 'similar {3}'],
    ['similar 3 20', 'similar {3} 20'],
    ['rescore 1 3', 'rescore {1} {3}'],
    ['save 3 and 5', 'save {3} {5}'],
    ['save 2, 3', 'save {2} {3}'],
    ['save 2,3', 'save {2} {3}'],
    ['save 1-3', 'save {1} {2} {3}'],
    ['save papers 1 to 3, please', 'save {1} {2} {3}'],
    ['rescore 1-3', 'rescore {1} {2} {3}'],
    ['why was 3 picked?', 'show {3}'],
    ['who wrote 2?', 'show {2}'],
    ['who are the authors of 2', 'show {2}'],
    ['sumarize 3', 'show {3}'],
    ['pdf 2', 'show {2}'],
    ['read 2', 'show {2}'],
    ['bookmark 2', 'save {2}'],
    ['delete 2', 'unsave {2}'],
    ['bokmark 2', 'save {2}'],
  ],
  'the best papers': [
    ['top5', 'top 5'],
    ['top-5', 'top 5'],
    ['Top ten', 'top 10'],
    ['TOP TEN!!!', 'top 10'],
    ['top 10 papers', 'top 10'],
    ['/top', 'top'],
    ['/arxivtop 5', 'top 5'],
    ['/arxiv-top', 'top'],
    ['show me the top 10', 'top 10'],
    ['10 best papers', 'top 10'],
    ['best papers of the week', 'top week'],
    ['week top 10', 'top week 10'],
    ['top five this week by votes', 'top 5 week by votes'],
    ['what are the best papers today?', 'top today'],
    ['papers from yesterday', 'top yesterday'],
    ['newest papers', 'top'],
    ['what’s new?', 'top'],
    ['can you show me today’s papers', 'top today'],
    ['top papers on quantization', 'top quantization'],
    ['top 10 quantization, please', 'top 10 quantization'],
    ['top quantization?', 'top quantization'],
    ['best 5 of this month', 'top 5 month'],
    ['@paperboy top 2', 'top 2'],
    ['paperboy: top 2', 'top 2'],
    ['best paper today', 'top 1 today'],
    ['top 5 on quantization', 'top 5 quantization'],
  ],
  'a search': [
    ['find sparse attention', 'search sparse attention'],
    ['Find “mixture of experts”', 'search “mixture of experts”'],
    ['look for sparse attention', 'search sparse attention'],
    ['search for quantization', 'search quantization'],
    ['serch sparse attention', 'search sparse attention'],
    ['search author Bengio', 'search author Bengio'],
    ['search author “Yoshua Bengio”', 'search author Yoshua Bengio'],
    ['papers by Bengio', 'search author Bengio'],
    ['papers about quantization', 'search quantization'],
    ['what is new in quantization?', 'search quantization'],
    ['any papers on sparse attention?', 'search sparse attention'],
    ['is there anything about mixture of experts', 'search mixture experts'],
    ['who works on quantization?', 'search quantization'],
    ['sparse attention', 'found: search sparse attention'],
    ['quantization', 'found: search quantization'],
    ['show papers about quantization', 'search quantization'],
  ],
  'other commands': [
    ['saved?', 'saved'],
    ['my reading list', 'saved'],
    ['show me my list', 'saved'],
    ['what did I save?', 'saved'],
    ['summarise 3', 'show {3}'],
    ['export', 'saved as bibtex'],
    ['export bibtex', 'saved as bibtex'],
    ['export as ris', 'saved as ris'],
    ['export csl', 'saved as csl'],
    ['weekly recap', 'recap week'],
    ['recap of the month', 'recap month'],
    ['how are you?', 'status'],
    ['statuss', 'status'],
    ['stats for the last 7 days', 'stats 7'],
    ['topics', 'topics show'],
    ['My topics?', 'topics show'],
    ['spending, last 14 days', 'stats 14'],
  ],
  courtesies: [
    ['hi', 'hello'],
    ['good morning paperboy', 'hello'],
    ['@paperboy', 'hello'],
    ['help me', 'help'],
    ['what can you do?', 'help'],
    ['???', 'hello'],
    ['thanks', 'thanks'],
    ['Thank you so much!', 'thanks'],
    ['👍', 'thanks'],
  ],
  'a near miss': [
    ['tpo 5', 'yes: top 5'],
    ['shwo 2503.07639', 'yes: show 2503.07639'],
    ['topics shwo', 'yes: topics show'],
    ['folow Yoshua Bengio', 'yes: follow Yoshua Bengio'],
    ['stop', 'yes: pause'],
  ],
};
const rows = Object.entries(typed).flatMap(([kind, texts]) =>
  texts.map(([text, command]) => ({ kind, text, command })),
);

let bot: Awaited<ReturnType<typeof createCommandBot>>;
let people = 0;
beforeAll(async () => {
  bot = await createCommandBot();
});
afterAll(() => bot?.close());

/** The answer to a text by somebody who was just shown `top 5`. */
const answerAfterList = async (text: string): Promise<{ ids: readonly string[]; answer: Answer }> => {
  const asker = { person: `slack:T1:N${++people}`, destination: 'slack:T1:C1' };
  const list = await bot.handlers.command({ text: 'top 5', ...asker });
  return {
    ids: (!isForm(list) && list.papers?.ids) || [],
    answer: await bot.handlers.command({ text, ...asker }),
  };
};

const commandsOf = (answer: Answer): string[] =>
  isForm(answer)
    ? []
    : answer.blocks.flatMap((one) => (one.type === 'buttons' ? one.buttons : [])).map((one) => one.command);

const summaryOf = (answer: Answer): string | undefined => (isForm(answer) ? undefined : answer.summary);

describe('what people type', () => {
  it('is tested with at least 120 texts, of which at most five need a question, and none gets the whole help', async () => {
    expect(new Set(rows.map(({ text }) => text)).size).toBeGreaterThanOrEqual(120);
    expect(rows.filter(({ command }) => command.startsWith('yes:')).length).toBeLessThanOrEqual(5);
    const { answer: help } = await answerAfterList('help');
    const others = rows.filter(({ command }) => command !== 'help');
    for (const { text } of others) expect((await answerAfterList(text)).answer, text).not.toEqual(help);
  });

  it.each(rows)('$kind: $text → $command', async ({ text, command }) => {
    const { ids, answer } = await answerAfterList(text);
    if (command.startsWith('yes: ')) {
      expect(JSON.stringify(answer)).toContain('Did you mean');
      expect(commandsOf(answer)).toEqual([command.slice(5)]);
      return;
    }
    if (command.startsWith('found: ')) {
      const searched = await answerAfterList(command.slice(7));
      expect(summaryOf(answer)).toBe(summaryOf(searched.answer));
      expect(answer).not.toHaveProperty('papers');
      expect(searched.answer).toHaveProperty('papers');
      return;
    }
    expect(JSON.stringify(answer)).not.toMatch(/Did you mean|There is no command/);
    const meant = command.replace(/\{(\d)\}/g, (_, nth: string) => ids[Number(nth) - 1] ?? '');
    expect(answer).toEqual((await answerAfterList(meant)).answer);
  });
});
