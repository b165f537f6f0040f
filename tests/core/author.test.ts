import { describe, expect, it } from 'vitest';
import { isNameSuffix, nameKey, sameNameAs } from '../../src/core/author.ts';

const spellings = [
  ['Nora d’Angelo', 'Nora D`Angelo', 'nora dangelo', 'Nora dʼAngelo', 'Nora d´Angelo'],
  ['Zoë Ångström', 'ZOE ANGSTROM', 'Zoe\u0308 A\u030angstro\u0308m'],
  ['Stanisław Wróbel', 'Stanislaw Wrobel', 'Wróbel, Stanisław'],
  ['Bjørn Ødegård', 'Bjorn Odegard'],
  ['Đorđe Perić', 'Dorde Peric'],
  ['Jörg Voß', 'Jorg Voss'],
  ['K.-H. Weiß', 'K. -H. Weiß', 'K-H Weiss', 'KH Weiss', 'K H Weiss', 'Weiss, K.-H.', 'K.–H. Weiß', 'K.H. Weiß'],
  ['Marie-Claire Roy', 'Marie‑Claire Roy', 'Marie Claire Roy', '“Marie-Claire Roy”', '"Roy, Marie-Claire"'],
  ['R. Q. Vance', 'R.Q. Vance', 'R Q Vance', 'RQ Vance'],
  ['Iva Q. Stone', 'Iva Q Stone'],
  ['Lee Park Jr.', 'Lee Park, Jr.', 'Lee Park Jr', 'Park Jr., Lee', 'Park, Lee, Jr', 'Lee Park'],
  ['Tom Hale III', 'Tom Hale, III', 'Tom Hale 3rd'],
];

const different = [
  ['Ada Moor', 'Adam Oor'],
  ['A. Moor', 'Ada Moor'],
  ['Tom Hale III', 'Tom Hale Jr.'],
  ['Mia Sund', 'Mia Sand'],
  ['Jean Roy', 'Marie-Jean Roy'],
  ['Uma Rao, Bo Ek', 'Uma Rao'],
  ['"', ''],
];

describe('sameNameAs', () => {
  it.each(spellings.map((names) => [names]))('takes %j for one name', (names) => {
    for (const name of names) expect(names.filter((other) => !sameNameAs(name)(other))).toEqual([]);
  });

  it.each(different)('tells %s from %s', (name, other) => {
    expect(sameNameAs(name)(other)).toBe(false);
    expect(sameNameAs(other)(name)).toBe(false);
  });
});

describe('nameKey', () => {
  it('is the same for the spellings of a name, and another with a suffix', () => {
    expect(nameKey('Moor, J.-P.')).toBe(nameKey('J. -P. Moor'));
    expect(nameKey('Ada Moor Jr.')).not.toBe(nameKey('Ada Moor'));
    expect(nameKey('Ada Moor Jr.')).toBe(nameKey('Ada Moor, jr'));
  });
});

describe('isNameSuffix', () => {
  it('knows suffixes with and without a dot', () => {
    expect(['Jr.', 'JR', 'Sr', 'II', 'iii', 'IV'].every(isNameSuffix)).toBe(true);
    expect(['Jo', 'I', 'V', ''].some(isNameSuffix)).toBe(false);
  });
});
