import { plugins } from '@citation-js/core';
import '@citation-js/plugin-ris';
import { describe, expect, it } from 'vitest';
import { cslJsonOf } from '../../../src/core/citations/csl.ts';
import { splitName } from '../../../src/core/citations/facts.ts';
import { risOf } from '../../../src/core/citations/ris.ts';
import { paperOf } from '../../fakes/fixtures.ts';

const papers = [
  paperOf('2507.00001', {
    title: 'Sorting in $O(n \\log n)$ & “more”',
    authors: ['Ada First', 'Laurens van der Second', 'Cy Third Jr.', 'The Gear Collaboration', 'Çağla Üçüncü'],
    abstract: 'We sort $n$\nnumbers.\n\nER  - not the end.',
    categories: ['cs.LG', 'stat.ML'],
    doi: '10.1000/ab_c',
    journalReference: 'J. Test 1 (2025) 1–9',
  }),
  paperOf('hep-th/9901001', { title: 'Sorting more', authors: ['Plato'] }),
];

type Read = {
  title: string;
  author: { family?: string; given?: string; suffix?: string; literal?: string }[];
  issued: { 'date-parts': (string | number)[][] };
  DOI?: string;
  URL: string;
};

const names = ({ author }: Read): string[] =>
  author.map(({ family, given, suffix, literal }) => literal ?? [family, given, suffix].filter(Boolean).join(', '));

/** What Citation.js, a library of others, reads. */
const read = (text: string): Read[] => plugins.input.chain<Read>(text, { generateGraph: false });

describe.each([
  ['RIS', risOf],
  ['CSL-JSON', cslJsonOf],
])('papers as %s', (_name, write) => {
  it('are read by Citation.js with title, authors, year, DOI and link', () => {
    const [first, second, ...others] = read(write(papers));
    expect(others).toEqual([]);
    expect(first?.title).toBe('Sorting in O(n log n) & “more”');
    expect(first?.DOI).toBe('10.1000/ab_c');
    expect(first?.URL).toBe('https://arxiv.org/abs/2507.00001');
    expect(Number(first?.issued['date-parts'][0]?.[0])).toBe(2025);
    expect(second?.title).toBe('Sorting more');
    expect(Number(second?.issued['date-parts'][0]?.[0])).toBe(1999);
    expect(first && names(first)).toEqual([
      'First, Ada',
      'van der Second, Laurens',
      'Third, Cy, Jr.',
      'The Gear Collaboration',
      'Üçüncü, Çağla',
    ]);
    expect(second && names(second)).toEqual(['Plato']);
  });

  it('have no control characters, and no text begins a field of its own', () => {
    const hostile = 'a\u0000b\u001b[31mc\u0085ER  - d\u009be\u202ef\u2066g\u2028h\r\nTY  - i';
    const paper = paperOf('2507.00001', {
      ...{ title: hostile, abstract: hostile, authors: [hostile], journalReference: hostile, categories: [hostile] },
    });
    const text = write([paper]);
    expect(text).not.toMatch(/(?![\r\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\\u00|31m/u);
    expect(text.match(/^(?:TY|ER) {2}-/gm) ?? []).toHaveLength(write === risOf ? 2 : 0);
    expect(read(text)).toHaveLength(1);
  });

  it('have different keys', () => {
    const keys = read(write([paperOf('2507.00001'), paperOf('2507.00002')])).map((one) => JSON.stringify(one));
    expect(new Set(keys).size).toBe(2);
  });
});

describe('splitting a name', () => {
  it.each([
    ['Ada First', { family: 'First', given: 'Ada' }],
    ['Ada M. First', { family: 'First', given: 'Ada M.' }],
    ['Laurens van der Maaten', { family: 'van der Maaten', given: 'Laurens' }],
    ['Cy Third Jr.', { family: 'Third', given: 'Cy', suffix: 'Jr.' }],
    ['The ATLAS Collaboration', { literal: 'The ATLAS Collaboration' }],
    ['Plato', { literal: 'Plato' }],
  ])('splits %s', (name, split) => {
    expect(splitName(name)).toEqual(split);
  });
});
