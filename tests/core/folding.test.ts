import { describe, expect, it } from 'vitest';
import { bareWord, fold, isPunctuation, plainSigns, unquoted } from '../../src/core/folding.ts';

describe('fold', () => {
  it.each([
    ['Łódź', 'lodz'],
    ['SØREN  Đurić', 'soren duric'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['Æther œuvre', 'aether oeuvre'],
    ['Þór Guðmundsson', 'thor gudmundsson'],
    ['ﬁne\u200btuning', 'finetuning'],
    ['d’Alembert ＆ “Bó”', 'd\'alembert & "bo"'],
    ['low‑rank – x − y', 'low-rank - x - y'],
    ['ＴＯＰ ５', 'top 5'],
    ['İstanbul', 'istanbul'],
  ])('folds %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
    expect(fold(folded)).toBe(folded);
  });
});

describe('plainSigns', () => {
  it('keeps accents and case', () => {
    expect(plainSigns('«Ñandú» — O´Neil ʻOkina')).toBe('"Ñandú" - O\'Neil \'Okina');
  });
});

describe('unquoted', () => {
  it.each([
    ['"Bo Ek"', 'Bo Ek'],
    ['“Bo Ek”', 'Bo Ek'],
    ['„Bo Ek“', 'Bo Ek'],
    ['« Bo Ek »', 'Bo Ek'],
    ['「Bo Ek」', 'Bo Ek'],
    ['‘Bo Ek’', 'Bo Ek'],
    ["'Bo Ek'", 'Bo Ek'],
    ['`Bo Ek`', 'Bo Ek'],
    ['**Bo Ek**', 'Bo Ek'],
    ['_"Bo Ek"_', 'Bo Ek'],
    ['"Bo Ek', 'Bo Ek'],
    ['Bo Ek”', 'Bo Ek'],
    ["'t Hooft", "'t Hooft"],
    ['the Moes’', 'the Moes’'],
    ['prun*', 'prun*'],
    ['"', ''],
  ])('takes the quotes off %j', (text, inner) => {
    expect(unquoted(text)).toBe(inner);
  });
});

describe('bareWord', () => {
  it.each([
    ['*week*', 'week'],
    ['week,', 'week'],
    ['“week”.', 'week'],
    ['‘2507.01234’', '2507.01234'],
    ['2025–07–08', '2025-07-08'],
    ['`10`', '10'],
    ['-3', '-3'],
    ['C++', 'C++'],
    [':', ''],
    ['~top~!', 'top'],
  ])('bares %j', (word, bare) => {
    expect(bareWord(word)).toBe(bare);
  });
});

describe('isPunctuation', () => {
  it('is true for signs without a letter, digit or emoji', () => {
    expect([':', ',', '—', '“”', '…', '!!'].every(isPunctuation)).toBe(true);
    expect(['a:', '7', '👍', '$'].some(isPunctuation)).toBe(false);
  });
});
