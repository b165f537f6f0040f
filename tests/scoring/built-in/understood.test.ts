import { describe, expect, it } from 'vitest';
import {
  createTopicsProblems,
  createUnderstanding,
  understandTopics,
} from '../../../src/scoring/built-in/understood.ts';
import { channelOf, rubricOf } from '../../fakes/fixtures.ts';
import { inventedDay } from './papers.ts';

const papers = inventedDay('day', 300, 1);
const problemOf = (topics: string) => understandTopics(topics, papers).problem;

describe('understandTopics', () => {
  it('returns both lists, without a problem, for a usable file', () => {
    expect(
      understandTopics('Pruning, quantization, sparsity and cache compression, but no violins. Lanterns.', papers),
    ).toEqual({
      wanted: ['Pruning, quantization, sparsity and cache compression', 'Lanterns'],
      unwanted: ['violins'],
      problem: undefined,
    });
  });

  it.each([
    ['an empty file', '', 'names nothing'],
    ['only unwanted subjects', 'Skip:\n- pruning\n', 'names nothing'],
    ['two words', 'efficient pruning', 'needs more words'],
    ['Chinese', '- 相关：稀疏、剪枝、量化、低秩、缓存\n- 不相关：医学应用', 'not in English'],
    [
      'German',
      'Wir suchen Verfahren für das Beschneiden und die Quantisierung von Netzen mit wenig Speicher.',
      'German',
    ],
    ['French', "L'élagage et la quantification des réseaux pour les petits appareils, avec des preuves.", 'French'],
    [
      'subjects both wanted and unwanted',
      '## Compression\n- Relevant: pruning, quantization, sparsity, cache, low-rank\n- Irrelevant: pruning, quantization, sparsity, cache',
      'the same words',
    ],
    ['another field', 'medieval charters, palaeography, Carolingian abbeys, monastic scriptoria', 'Hardly any of 300'],
  ])('reports %s, and says what to do', (_, topics, reason) => {
    const problem = problemOf(topics);
    expect(problem?.text).toContain(reason);
    expect(problem?.fix).toMatch(/^[A-Z].*\.$/);
  });

  it('needs one word of three that tells papers apart', () => {
    expect(understandTopics('efficient language models', []).problem?.text).toContain('needs more words');
    expect(understandTopics('efficient kernel methods', []).problem).toBeUndefined();
  });

  it.each([
    ['three words of papers', 'window ladder kettle', undefined],
    ['two clear subjects', 'copper lanterns; marble carpets', undefined],
    ['three clear subjects with general words', 'garden control; safe river learning; bread models', undefined],
    ['two subjects of one word', 'quantization and pruning, not surveys', undefined],
    ['topics and their keywords', '- Lantern: kettle\n- Anchor: pepper', undefined],
    ['three words that no paper has but one', 'window palaeography charters', false],
    ['one clear subject', 'copper lanterns', false],
    ['two subjects of which papers have one', 'pruning and palaeography', false],
    ['the same subject twice', 'copper lanterns, copper lanterns', false],
    ['only general words', 'learning, models, networks', true],
    ['a word that no paper has', 'palaeography', true],
  ])('needs enough to rank by: %s', (_, topics, isFatal) => {
    expect(problemOf(topics)?.isFatal).toBe(isFatal);
  });

  it('needs two words that each name a subject', () => {
    expect(understandTopics('quantization and pruning', []).problem).toBeUndefined();
    expect(understandTopics('estimation and optimization', []).problem?.isFatal).toBe(false);
  });

  it('takes words as those of papers if there are too few papers', () => {
    expect(understandTopics('charters of medieval abbeys', []).problem).toBeUndefined();
    expect(understandTopics('medieval charters', []).problem?.isFatal).toBe(false);
  });

  it.each([
    ['', true],
    ['Wir suchen Verfahren für das Beschneiden und die Quantisierung von Netzen.', true],
    ['palaeography, charters, abbeys, scriptoria, parchment', true],
    ['## Homes\n- Relevant: window, ladder, kettle, carpet\n- Irrelevant: window, ladder, kettle', false],
  ])('says if no paper can be matched: %j', (topics, isFatal) => {
    expect(problemOf(topics)?.isFatal).toBe(isFatal);
  });

  it('judges the words of papers only with enough papers', () => {
    const topics = 'medieval charters, palaeography, Carolingian abbeys, monastic scriptoria';
    expect(understandTopics(topics, papers.slice(0, 20)).problem).toBeUndefined();
  });
});

describe('the understanding of a channel', () => {
  const understand = createUnderstanding({ newestDate: async () => undefined, read: async () => [] }, 'gears-1');
  const channelWith = (topics: string, expansion?: string) => channelOf({ rubric: rubricOf({ topics, expansion }) });

  it('names the model that will expand topics which the built-in scorer cannot use', async () => {
    const { problem } = await understand(channelWith('Hecken'));
    expect(problem).toEqual({
      text: 'The built-in scorer needs more words than "Hecken".',
      fix: 'At the next run, gears-1 expands them.',
      isFatal: false,
    });
    expect((await understand(channelWith('Hecken', ''))).problem?.fix).toMatch(
      /^gears-1 could not expand them\. To try again/,
    );
    expect((await understand(channelWith(''))).problem?.fix).toBe('List your subjects in English.');
  });

  it('is that of the expanded topics', async () => {
    expect(await understand(channelWith('Hecken', '- hedges, boxwood, topiary, privet and shears'))).toEqual({
      wanted: ['hedges, boxwood, topiary, privet and shears'],
      unwanted: [],
      problem: undefined,
    });
  });
});

describe('the problem of a channel’s topics', () => {
  const channel = channelOf({ rubric: rubricOf({ topics: 'efficient pruning' }) });

  it('is found for a channel without a language model', async () => {
    const understand = async () => understandTopics('efficient pruning', papers);
    const problems = (hasModel: boolean) => createTopicsProblems({ understand, channels: () => [channel], hasModel });
    expect(await problems(false)(channel.name)).toMatchObject([
      { text: expect.stringContaining('needs more words'), fix: expect.any(String) },
    ]);
    expect(await problems(false)('gone')).toEqual([]);
    expect(await problems(false)(undefined)).toEqual([]);
    expect(await problems(true)(channel.name)).toEqual([]);
  });

  it('is looked for again only if the topics or the newest day change', async () => {
    const read: string[] = [];
    let newest = '2025-07-08';
    const understand = createUnderstanding(
      {
        newestDate: async () => newest,
        read: async (date) => {
          read.push(date);
          return [];
        },
      },
      undefined,
    );
    const edited = { ...channel, rubric: rubricOf({ topics: 'other topics' }) };
    for (const one of [channel, channel, edited, edited]) await understand(one);
    expect(read).toEqual([newest, newest]);
    newest = '2025-07-09';
    await understand(edited);
    expect(read.at(-1)).toBe(newest);
  });
});
