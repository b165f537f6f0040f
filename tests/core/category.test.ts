import { describe, expect, it } from 'vitest';
import { covers, distinctCategories, isSameCategory } from '../../src/core/category.ts';

const pairs = [
  ['cs.SY', 'eess.SY'],
  ['math.IT', 'cs.IT'],
  ['math.MP', 'math-ph'],
  ['cs.NA', 'math.NA'],
  ['q-fin.EC', 'econ.GN'],
  ['stat.TH', 'math.ST'],
] as const;

describe('two names of one category', () => {
  it.each(pairs)('%s and %s are the same', (alias, name) => {
    expect(isSameCategory(alias, name)).toBe(true);
    expect(isSameCategory(name, alias)).toBe(true);
    expect(covers(alias, name)).toBe(true);
    expect(covers(name, alias)).toBe(true);
    expect(distinctCategories(['cs.LG', alias, name])).toEqual(['cs.LG', alias]);
    expect(distinctCategories([name, 'cs.LG', alias])).toEqual([name, 'cs.LG']);
  });

  it('are not other categories', () => {
    expect(isSameCategory('cs.SY', 'eess.SP')).toBe(false);
    expect(covers('math.MP', 'math.PR')).toBe(false);
    expect(covers('eess', 'eess.SY')).toBe(true);
    expect(covers('cs.SY', undefined)).toBe(false);
    expect(isSameCategory('constructor', 'toString')).toBe(false);
  });
});
