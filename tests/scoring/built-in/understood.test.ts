import { describe, expect, it } from 'vitest';
import { understandTopics } from '../../../src/scoring/built-in/understood.ts';
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
    ['Chinese', '- 相关：稀疏、剪枝、量化、低秩、缓存\n- 不相关：医学应用', 'another script'],
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

  it('judges the words of papers only with enough papers', () => {
    const topics = 'medieval charters, palaeography, Carolingian abbeys, monastic scriptoria';
    expect(understandTopics(topics, papers.slice(0, 20)).problem).toBeUndefined();
  });
});
