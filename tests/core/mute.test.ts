import { describe, expect, it } from 'vitest';
import { createMute, muteFault, readMuted } from '../../src/core/mute.ts';

const paperOf = (title: string, abstract = 'An abstract.') => ({ title, abstract });

describe('muted words', () => {
  const mutedIn = createMute(['blockchain', 'Federated  Learning', 'Gödel', 'C++', '$k$-means']);

  it.each([
    ['a word of the title', paperOf('A Blockchain for gears'), 'blockchain'],
    ['a word of the abstract', paperOf('Gears', 'We use BLOCKCHAIN, and more.'), 'blockchain'],
    ['a phrase in any case', paperOf('On federated learning'), 'Federated  Learning'],
    ['a phrase with a hyphen or a line break', paperOf('Gears', 'Federated-\nLearning'), 'Federated  Learning'],
    ['a word without its accents', paperOf('A Godel machine'), 'Gödel'],
    ['a word with a sign', paperOf('Safer C++ code'), 'C++'],
    ['a phrase with a formula', paperOf('Faster $k$-means'), '$k$-means'],
  ])('are found as %s', (_, paper, found) => {
    expect(mutedIn(paper)).toBe(found);
  });

  it.each([
    ['in other words', paperOf('Blockchains, and a subblockchain')],
    ['with a word between', paperOf('Federated deep learning')],
    ['across title and abstract', paperOf('On federated', 'Learning gears.')],
    ['without their signs', paperOf('A C compiler, and C#')],
  ])('are not found %s', (_, paper) => {
    expect(mutedIn(paper)).toBeUndefined();
  });

  it('are none by default', () => {
    expect(createMute([])(paperOf('Anything'))).toBeUndefined();
  });

  it('may not be empty, double, too long or too many', () => {
    expect(muteFault(['blockchain', 'smart contracts'])).toBeUndefined();
    expect(muteFault(['blockchain', '…'])).toBe('"…" has no word');
    expect(muteFault(['Blockchain', 'gear', 'blockchain'])).toBe('"blockchain" is there twice');
    expect(muteFault(['x'.repeat(101)])).toMatch(/is longer than 100 characters$/);
    expect(muteFault(Array.from({ length: 101 }, (_, index) => `word${index}`))).toMatch(/^101 words .* too many/);
  });
});

describe('reading muted words', () => {
  it.each([
    ['blockchain', ['blockchain'], false],
    ['blockchain, smart contracts; gear', ['blockchain', 'smart contracts', 'gear'], false],
    ['"smart contracts" gear', ['smart contracts', 'gear'], false],
    ['“smart contracts”, “gear train”', ['smart contracts', 'gear train'], false],
    ['*blockchain*', ['blockchain'], false],
    ['smart contracts', ['smart contracts'], true],
    ['gear "smart contracts" worm drive', ['gear', 'smart contracts', 'worm drive'], true],
    ['Gear, gear', ['Gear'], false],
    ['"smart contracts', ['smart contracts'], false],
  ])('reads %s', (typed, muted, isUnclear) => {
    expect(readMuted(typed)).toEqual({ muted, isUnclear });
  });

  it('says what to type if there is none', () => {
    expect(() => readMuted(' “ ” ')).toThrow('No word to mute is given. Type, for example, /arxiv mute blockchain.');
  });
});
