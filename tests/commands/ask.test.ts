import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { UserError } from '../../src/core/errors.ts';
import type { PaperAnswer, Services } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { reader, talk } from './changing.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const usage = { promptTokens: 900, cachedTokens: 0, completionTokens: 100, costUsd: 0.002 };
const paperAnswer: PaperAnswer = {
  text: 'On C4.',
  quotes: ['We train on C4.', 'C4 alone.'],
  source: 'full text',
  usage,
};

const answering = (answer: PaperAnswer): Partial<Services> & { questions: string[][] } => {
  const questions: string[][] = [];
  return {
    questions,
    model: 'gpt-test',
    papers: { find: async (id) => paperOf(id) },
    async ask(_channel, paper, question, _signal, by) {
      questions.push([paper.id, question, by?.person ?? '']);
      return answer;
    },
  };
};

describe('ask', () => {
  it('answers with quotes and the source', async () => {
    const services = answering(paperAnswer);
    const progress: string[] = [];
    const { lines } = await talk(stores, {
      person: reader,
      services,
      progress: ({ summary }) => progress.push(summary),
    });
    expect(await lines('ask 2503.07639 What data was it trained on?')).toEqual([
      'Title of 2503.07639 (2503.07639)',
      'What data was it trained on?',
      'On C4.',
      'The paper says:',
      '“We train on C4.”',
      '“C4 alone.”',
      'Based on the full text. 1,000 tokens · $0.0020',
      '[New question: ask 2503.07639]',
      '[Show paper: show 2503.07639]',
    ]);
    expect(services.questions).toEqual([['2503.07639', 'What data was it trained on?', reader]]);
    expect(progress).toEqual(['Reading the paper …']);
  });

  it('passes on the last question about the same paper, by the same person', async () => {
    const befores: unknown[] = [];
    const services: Partial<Services> = {
      model: 'gpt-test',
      papers: { find: async (id) => paperOf(id) },
      async ask(_channel, _paper, _question, _signal, _by, before) {
        befores.push(before && [before.question, before.answer]);
        return paperAnswer;
      },
    };
    const { lines } = await talk(stores, { person: reader, services });
    for (const text of ['ask 2503.07639 Which data?', 'ask 2503.07639 And why?', 'ask 2503.07640 And how?'])
      await lines(text);
    const other = await talk(stores, { person: 'slack:T1:OTHER', services });
    await other.lines('ask 2503.07640 And then?');
    expect(befores).toEqual([undefined, ['Which data?', 'On C4.'], undefined, undefined]);
  });

  it('says that only the abstract was read', async () => {
    const services = answering({
      ...paperAnswer,
      text: 'The abstract does not hold the answer.',
      quotes: [],
      source: 'abstract',
    });
    const { lines } = await talk(stores, { services });
    const shown = await lines('ask 2503.07639 Why?');
    expect(shown).toContain('The abstract does not hold the answer.');
    expect(shown).not.toContain('The paper says:');
    expect(shown.some((line) => line.startsWith('Based on the abstract'))).toBe(true);
  });

  it('asks for the question in a form', async () => {
    const services = answering(paperAnswer);
    const { form, lines } = await talk(stores, { services });
    const shown = await form('ask 2503.07639');
    expect(shown.fields.map(({ name, kind }) => [name, kind])).toEqual([['question', 'text']]);
    expect(await lines(shown.submit.command, { fields: { question: ' Why? ' } })).toContain('Why?');
    await expect(lines(shown.submit.command, { fields: { question: ' ' } })).rejects.toThrow('Write a question');
  });

  it('refuses at once without a language model', async () => {
    const progress: string[] = [];
    const services = { ...answering(paperAnswer), model: undefined };
    const { lines } = await talk(stores, { services, progress: ({ summary }) => progress.push(summary) });
    await expect(lines('ask 2503.07639 Why?')).rejects.toThrow('need a language model, and none is configured.');
    expect(progress).toEqual([]);
    expect(services.questions).toEqual([]);
  });

  it('passes refusals on and refuses invented papers', async () => {
    const papers = { find: async (id: string) => paperOf(id) };
    const { lines } = await talk(stores, { services: { model: 'gpt-test', papers } });
    await expect(lines('ask 2503.07639 Why?')).rejects.toThrow('No language model is configured.');
    await expect(lines('ask sample.00001 Why?')).rejects.toThrow(UserError);
    await expect(lines('ask')).rejects.toThrow('Add ');
  });
});
