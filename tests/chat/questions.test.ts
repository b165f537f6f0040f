import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isForm, type Message, plainText } from '../../src/core/message.ts';
import { createCommandBot } from '../fakes/command-bot.ts';

const destination = 'slack:T1:C1';
/** The header of a digest, whose papers have the ranks 1 to 24. */
const header = '2025-07-08-0';

let bot: Awaited<ReturnType<typeof createCommandBot>>;
beforeEach(async () => {
  bot = await createCommandBot();
});
afterEach(() => bot?.close());

type In = { person?: string; thread?: string; about?: string; isMention?: boolean };

const say = async (text: string, { person = 'slack:T1:U1', thread, about, isMention = true }: In = {}) => {
  const ref = (messageId: string) => ({ destination, messageId });
  const answer = await bot.handlers.command({
    ...{ text, person, destination, isMention },
    ...(thread !== undefined && { thread: ref(thread) }),
    ...(about !== undefined && { about: ref(about) }),
  });
  if (isForm(answer)) throw new Error('a form was answered');
  return answer;
};
const inThread = { thread: header };

const textOf = ({ blocks }: Message): string =>
  blocks.map((block) => ('content' in block ? plainText(block.content) : '')).join('\n');
const buttonsOf = ({ blocks }: Message): string[] =>
  blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons.map(({ command }) => command) : []));
/** The paper that a question was answered for. */
const askedFor = (answer: Message): string | undefined =>
  answer.summary.startsWith('About ') ? /\((\d{4}\.\d{5})\)/.exec(textOf(answer))?.[1] : undefined;
const paperOf = async (rank: number): Promise<string | undefined> =>
  (await bot.stores.outbox.about({ destination, messageId: `2025-07-08-${rank}` }))?.paperId;

describe('a question that mentions the bot', () => {
  it('is about the paper that it replies to or is in the thread of', async () => {
    const paper = await paperOf(4);
    expect(paper).toBeDefined();
    expect(askedFor(await say('what data was used?', { ...inThread, about: '2025-07-08-4' }))).toBe(paper);
    expect(askedFor(await say('what data was used?', { thread: '2025-07-08-4' }))).toBe(paper);
    expect((await say('save', { about: '2025-07-08-4' })).summary).toMatch(/^Saved:/);
    expect((await say('rescore this', { about: '2025-07-08-4' })).summary).toMatch(/1 paper|Title|rescored/i);
    expect((await say('save this', { about: '2025-07-08-4' })).summary).toMatch(/^Already/);
  });

  it.each(['rescore this paper', 'what is pause?', 'is this on pause?', 'what is rescore?', 'resume what?'])(
    'does nothing that it does not clearly ask for: "%s"',
    async (text) => {
      await say(text, { isMention: false });
      expect(bot.outcomes.at(-1)?.command).toBe(
        bot.outcomes.at(-1)?.outcome === 'refused' ? text.split(' ')[0] : 'question',
      );
    },
  );

  it('is about the paper of the thread that it names by number or in its words', async () => {
    expect(askedFor(await say('3 what data was used?', inThread))).toBe(await paperOf(3));
    expect(askedFor(await say('what data does number 3 use?', inThread))).toBe(await paperOf(3));
    await bot.stores.announcements.savePapers([
      { ...(await paperAt(6)), version: 2, title: 'Mamba models for genomes' },
    ]);
    expect(askedFor(await say('what data do the Mamba models use?', inThread))).toBe(await paperOf(6));
  });

  it.each([
    ['what data did they use?', 'Data for everyone'],
    ['is the code available?', 'Code that is available'],
    ['which model is the best baseline?', 'A model'],
    ['is a language model involved?', 'Language models in the wild'],
  ])('is asked back if it shares only common words with a title: "%s"', async (text, title) => {
    await bot.stores.announcements.savePapers([{ ...(await paperAt(6)), version: 2, title }]);
    expect((await say(text, inThread)).summary).toBe('Which paper do you mean?');
    expect((await say('and how long did it take?', inThread)).summary).toBe('Which paper do you mean?');
  });

  it('is about the paper of which it gives the whole title, or one rare word', async () => {
    await bot.stores.announcements.savePapers([
      { ...(await paperAt(6)), version: 2, title: 'Learning from the data of models' },
      { ...(await paperAt(7)), version: 2, title: 'Benchmarking Mamba' },
    ]);
    expect(askedFor(await say('how fast is Mamba?', inThread))).toBe(await paperOf(7));
    expect(askedFor(await say('does Learning from the Data of Models help?', inThread))).toBe(await paperOf(6));
  });

  it('names the numbers to reply with, which are those of the digest', async () => {
    await say('search quantization', inThread);
    const answer = await say('is the code available?', inThread);
    expect(textOf(answer)).toMatch(/^Which paper do you mean\? Reply with its number, such as “ask \d+ is the code/);
    expect(askedFor(await say('ask 3 is the code available?', inThread))).toBe(await paperOf(3));
  });

  it.each(['which of these is about genomes?', 'which one uses genomes?', 'do any of them study genomes?'])(
    'searches in the digest: "%s"',
    async (text) => {
      await bot.stores.announcements.savePapers([{ ...(await paperAt(6)), version: 2, title: 'Mamba for genomes' }]);
      const answer = await say(text, inThread);
      expect(answer.summary).toMatch(/^1 of the 24 papers in this digest: .*genomes$/);
      expect(textOf(answer)).toMatch(/^\n6\. Mamba for genomes/);
      expect((await say('show 6', inThread)).summary).toContain('Mamba for genomes');
    },
  );

  it('may follow up on the last question of the same person in the thread', async () => {
    await say('3 what data was used?', inThread);
    const followUp = await say('and on which GPUs?', inThread);
    expect(askedFor(followUp)).toBe(await paperOf(3));
    expect(askedFor(await say('how long did training take?', inThread))).toBe(await paperOf(3));
    const other = await say('and on which GPUs?', { ...inThread, person: 'slack:T1:U2' });
    expect(other.summary).toBe('Which paper do you mean?');
    expect(askedFor(await say('and on which GPUs?', { thread: '2025-07-07-0' }))).toBeUndefined();
  });

  it('is asked back if its paper is unclear, with at most three candidates', async () => {
    const answer = await say('how sparse is the attention?', inThread);
    expect(answer.summary).toBe('Which paper do you mean?');
    expect(textOf(answer).match(/^\d+\. Sparse attention/gm)).toHaveLength(3);
    const [first = ''] = buttonsOf(answer);
    expect(first).toMatch(/^ask \d{4}\.\d{5} how sparse is the attention\?$/);
    expect(askedFor(await say(first, { ...inThread, isMention: false }))).toBeDefined();
  });

  it('searches elsewhere, and in a thread if it asks for papers', async () => {
    const found = await say('what is new in quantization?');
    expect(found.summary).toMatch(/papers found for quantization$/);
    expect(found).toEqual(await say('search quantization'));
    expect((await say('any papers on quantization?', inThread)).summary).toBe(found.summary);
  });

  it('continues the last question without a mention too, and searches otherwise', async () => {
    const onPage = { ...inThread, isMention: false };
    expect(askedFor(await say('3 what data was used?', onPage))).toBe(await paperOf(3));
    expect(askedFor(await say('and on which GPUs?', onPage))).toBe(await paperOf(3));
    expect((await say('what is new in quantization?', onPage)).summary).toMatch(/found for quantization$/);
  });

  it('leaves out words that no paper has, and says so', async () => {
    const answer = await say('how do people use quantization on toasters?');
    expect(answer.summary).toMatch(/for quantization$/);
    expect(textOf(answer)).toContain('No paper has all of the words, so toasters was left out.');
    const nothing = await say('how do toasters zzzap?');
    expect(textOf(nothing)).toMatch(/^Nothing found for toasters zzzap\.\nType \/arxiv top/);
  });
});

describe('a text that is not understood', () => {
  it('does not change which papers the numbers mean', async () => {
    const list = await say('top 5');
    const found = await say('quantization of toasters');
    expect(found.papers).toBeUndefined();
    expect(textOf(found)).not.toMatch(/^\d+\. /m);
    expect(textOf(found)).toContain('To number them, type /arxiv search quantization.');
    expect((await say('show 2')).summary).toContain(`(${list.papers?.ids[1]})`);
    const numbered = await say('search quantization');
    expect((await say('show 2')).summary).toContain(`(${numbered.papers?.ids[1]})`);
  });

  it.each([
    ['show 2 and 3', '/arxiv show takes one paper at a time.'],
    ['pdf 2, 3', '/arxiv show takes one paper at a time.'],
    ['smmarze 3', 'Did you mean /arxiv summarize?'],
  ])('is not searched for the numbers of papers: "%s"', async (text, sentence) => {
    await say('top 5');
    expect((await say(text)).summary).toContain(sentence);
  });
});

describe('a mention without a question', () => {
  it.each([
    ['', 'Hello! I find papers for you.'],
    ['hi', 'Hello! I find papers for you.'],
    ['thanks!', 'You are welcome.'],
    ['Great, thank you', 'You are welcome.'],
  ])('gets a short answer: "%s"', async (text, summary) => {
    for (const where of [{}, inThread]) expect((await say(text, where)).summary).toBe(summary);
  });

  it('gets the help for an empty command', async () => {
    expect((await say('', { isMention: false })).summary).toBe('Paperboy commands');
  });
});

const paperAt = async (rank: number) => {
  const paper = await bot.stores.announcements.paper((await paperOf(rank)) ?? '');
  if (!paper) throw new Error(`no paper at ${rank}`);
  return paper;
};
