import { addDays } from '../../src/core/dates.ts';
import type { FakePaper } from '../../tests/fakes/arxiv.ts';
import { createRandom } from '../evaluation/metrics.ts';

/** What papers of a category are about. The channels' topics name some of them. */
export const subjects = {
  'cs.LG': ['sparse attention', 'model compression', 'quantized networks', 'mixture of experts', 'training dynamics'],
  'cs.AI': ['automated planning', 'knowledge graphs', 'tool use by agents', 'constraint solving', 'causal reasoning'],
  'cs.CL': ['machine translation', 'speech recognition', 'question answering', 'tokenization', 'dialogue systems'],
  'quant-ph': ['quantum error correction', 'trapped ions', 'entanglement', 'superconducting qubits', 'tensor networks'],
  'stat.ML': ['Gaussian processes', 'conformal prediction', 'Bayesian inference', 'kernel methods', 'causal discovery'],
  'math.CO': ['random graphs', 'Ramsey numbers', 'matroids', 'extremal hypergraphs', 'chromatic polynomials'],
  'astro-ph.GA': ['dwarf galaxies', 'star formation', 'dark matter halos', 'globular clusters', 'galactic mergers'],
} as const;

export type Category = keyof typeof subjects;
const categories = Object.keys(subjects) as Category[];

const meanPapers = 12;
const ordinary =
  'the of and we a to in for is with that on this by are as our from an which can model learning data method results performance based approach using large problem algorithm information framework new propose different system time analysis function work high graph domain feature study process space optimization theory bound proof sample experiment measured observed show improve efficient robust simple general structure limit rate error signal noise test evidence scale'.split(
    ' ',
  );
const givenNames = ['Ada', 'Ben', 'Chen', 'Dora', 'Emil', 'Fatima', 'Goro', 'Hana', 'Ivan', 'Jun'];
const familyNames = ['Abel', 'Brandt', 'Castillo', 'Dubois', 'Eriksen', 'Fischer', 'Gupta', 'Haddad', 'Ito', 'Jansen'];

/** Texts are written when they are read, so that a year of papers takes little memory. */
const inventPaper = (id: string, seed: number, own: readonly Category[]): FakePaper => {
  const write = <T>(part: number, work: (pick: <V>(from: readonly V[]) => V, random: () => number) => T): T => {
    const random = createRandom(seed * 4 + part);
    return work((from) => from[Math.floor(random() * from.length)] as never, random);
  };
  const phrases = own.flatMap((category) => subjects[category]);
  return {
    ...{ id, categories: [...own] },
    get title() {
      return write(0, (pick) => `On ${pick(phrases)} and ${pick(ordinary)} ${pick(ordinary)} ${seed}`);
    },
    get abstract() {
      return write(1, (pick, random) =>
        Array.from({ length: 90 }, () => (random() < 0.06 ? pick(phrases) : pick(ordinary))).join(' '),
      );
    },
    get authors() {
      return write(2, (pick, random) =>
        Array.from({ length: 1 + Math.floor(random() * 5) }, () => `${pick(givenNames)} ${pick(familyNames)}`),
      );
    },
  };
};

/** The papers of each date, in arXiv's order. */
export const inventDays = (dates: readonly string[], seed: number): Record<string, FakePaper[]> => {
  const random = createRandom(seed);
  const days: Record<string, FakePaper[]> = {};
  let month = '';
  let number = 0;
  for (const [index, date] of dates.entries()) {
    const submitted = addDays(date, -1).slice(2, 7).replace('-', '');
    if (submitted !== month) [month, number] = [submitted, 0];
    days[date] = categories.flatMap((category) =>
      Array.from({ length: Math.round(meanPapers * (0.6 + 0.8 * random())) }, () => {
        number += 1;
        const other = categories[Math.floor(random() * categories.length)];
        const own = other && other !== category && random() < 0.2 ? [category, other] : [category];
        return inventPaper(`${month}.${String(number).padStart(5, '0')}`, seed + index * 1_000 + number, own);
      }),
    );
  }
  return days;
};
