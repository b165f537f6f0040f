import { describe, expect, it } from 'vitest';
import { grouped } from '../../src/core/paper.ts';
import { amountsInRow, priceWords } from '../../src/pages/numbers.ts';

describe('numbers in words', () => {
  it('group thousands', () => {
    expect([0, 999, 1204, 1_234_567].map(grouped)).toEqual(['0', '999', '1,204', '1,234,567']);
  });

  it('keep all decimals of a price, at least two', () => {
    expect([0.075, 0.15, 2.5, 10, 1000, 0].map(priceWords)).toEqual([
      '$0.075',
      '$0.15',
      '$2.50',
      '$10.00',
      '$1,000.00',
      '$0.00',
    ]);
  });

  it.each([
    [[0.13, 0.0018, 0.0758, 0.2058], '$0.1300 $0.0018 $0.0758 $0.2058'],
    [[1.2, 0.0758, 0.5, 1.7], '$1.200 $0.076 $0.500 $1.700'],
    [[12, 0.1, 3.456, 15.456], '$12.00 $0.10 $3.46 $15.46'],
    [[0.0996, 1], '$0.10 $1.00'],
    [[0.5, 0, 0.25, 0.75], '$0.50 $0.00 $0.25 $0.75'],
    [[0.0001, 0.00001], '$0.0001 $0.0000'],
    [[0, 0], '$0.00 $0.00'],
  ])('have the same number of decimals in a row: %j', (row, words) => {
    expect(amountsInRow(row).join(' ')).toBe(words);
  });
});
