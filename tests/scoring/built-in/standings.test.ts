import { describe, expect, it } from 'vitest';
import { standingsOf } from '../../../src/scoring/built-in/standings.ts';

describe('standings', () => {
  it('rank the day and compare it with all papers', () => {
    // Two papers of the day, then an archive of three.
    const values = Float32Array.of(0.2, 0.9, 0.1, 0.3, 0.95);
    expect(standingsOf(values, [true, true])).toEqual([
      { position: 2, of: 2, match: 25 },
      { position: 1, of: 2, match: 75 },
    ]);
  });

  it('put papers without a word of the topics last, with no match', () => {
    expect(standingsOf(Float32Array.of(0.9, 0.1), [false, true])).toEqual([
      { position: 2, of: 2, match: 0 },
      { position: 1, of: 2, match: 0 },
    ]);
  });

  it('give equal papers the same match, in the given order', () => {
    expect(standingsOf(Float32Array.of(0.5, 0.5, 0), [true, true])).toEqual([
      { position: 1, of: 2, match: 50 },
      { position: 2, of: 2, match: 50 },
    ]);
  });

  it('never reach 100, even for the only paper', () => {
    expect(standingsOf(Float32Array.of(3), [true])).toEqual([{ position: 1, of: 1, match: 99.9 }]);
    expect(standingsOf(new Float32Array(), [])).toEqual([]);
  });
});
