import { describe, expect, it } from 'vitest';
import type { AnnounceType } from '../../../src/core/paper.ts';
import { gate } from '../../../src/daily/draft/gate.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';

const announced = (...list: [id: string, type: AnnounceType, categories?: string[], version?: number][]) =>
  list.map(([id, type, categories = ['cs.LG'], version = 1]) => ({
    type,
    paper: paperOf(id, { categories, version }),
  }));

const shown = (
  list: ReturnType<typeof announced>,
  channel: Parameters<typeof channelOf>[0] = {},
  alreadyPicked: string[] = [],
) => {
  const { announced: count, candidates } = gate(list, channelOf(channel), new Map(alreadyPicked.map((id) => [id, 1])));
  return { count, candidates: candidates.map(({ paper, type }) => `${paper.id} ${type}`) };
};

describe('the gate', () => {
  it('takes a paper as new if it is new in one category, whichever is read first', () => {
    expect(shown(announced(['1', 'cross'], ['2', 'new'], ['1', 'new'], ['2', 'cross']))).toEqual({
      count: 2,
      candidates: ['1 new', '2 new'],
    });
  });

  it('keeps a cross-listed paper that one category has as a replacement', () => {
    expect(shown(announced(['1', 'replace'], ['1', 'cross']))).toEqual({ count: 1, candidates: ['1 cross'] });
  });

  it('takes the version that was announced with the type it keeps', () => {
    const { candidates } = gate(announced(['1', 'replace', ['cs.LG'], 2], ['1', 'new']), channelOf(), new Map());
    expect(candidates.map(({ paper }) => paper.version)).toEqual([1]);
  });

  it('counts replacements as announced, and leaves them out unless the channel wants them', () => {
    const list = announced(['1', 'replace'], ['2', 'new'], ['3', 'replace-cross']);
    expect(shown(list)).toEqual({ count: 3, candidates: ['2 new'] });
    expect(shown(list, { announceTypes: ['new', 'replace'] }).candidates).toEqual(['1 replace', '2 new']);
    expect(shown(list, { announceTypes: ['replace-cross'] }).candidates).toEqual(['3 replace-cross']);
  });

  it('keeps the order of the announcement, by the first position of a paper', () => {
    const list = announced(['3', 'cross'], ['1', 'new'], ['2', 'new'], ['3', 'new']);
    expect(shown(list).candidates).toEqual(['3 new', '1 new', '2 new']);
  });

  it('takes only papers of the channel’s primary categories if so set', () => {
    const list = announced(['1', 'cross', ['stat.ML', 'cs.LG']], ['2', 'new', ['cs.AI', 'stat.ML']], ['3', 'new', []]);
    expect(shown(list).candidates).toHaveLength(3);
    expect(shown(list, { primaryOnly: true })).toEqual({ count: 3, candidates: ['2 new'] });
  });

  it.each([
    ['cs.SY', 'eess.SY'],
    ['math-ph', 'math.MP'],
    ['stat.TH', 'math.ST'],
  ])('takes %s and %s for one primary category', (category, primary) => {
    const list = announced(['1', 'new', [primary]], ['2', 'cross', ['cs.RO', category, primary]]);
    expect(shown(list, { primaryOnly: true, categories: [category] }).candidates).toEqual(['1 new']);
  });

  it('leaves out papers of another digest, except wanted newer versions', () => {
    const list = announced(
      ['1', 'new'],
      ['2', 'cross'],
      ['3', 'replace', ['cs.LG'], 2],
      ['4', 'replace-cross', ['cs.AI'], 2],
      ['5', 'new'],
      ['6', 'replace'],
    );
    const everything = ['new', 'cross', 'replace', 'replace-cross'] as const;
    expect(shown(list, { announceTypes: [...everything] }, ['1', '2', '3', '4', '6'])).toEqual({
      count: 6,
      candidates: ['3 replace', '4 replace-cross', '5 new'],
    });
  });

  it('returns nothing for an empty announcement', () => {
    expect(shown([])).toEqual({ count: 0, candidates: [] });
  });
});
