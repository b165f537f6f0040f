import { describe, expect, it } from 'vitest';
import type { ScorablePaper } from '../../../src/core/score.ts';
import { createLocalScorer } from '../../../src/scoring/built-in/scorer.ts';
import { findUnwanted, limited, type Unwanted } from '../../../src/scoring/built-in/unwanted.ts';
import { parseTopics } from '../../../src/scoring/topics.ts';
import { inventedDay, scoringTask, verdictsOf } from './papers.ts';

const listed = (...entries: string[]): string => `- pruning
- quantization
- sparsity of large networks

## Not for us

${entries.map((entry) => `- ${entry}`).join('\n')}
`;

const found = async (topics: string, title: string, abstract = 'We bake.') =>
  (
    await findUnwanted(
      [{ id: '2507.00001', version: 1, title, abstract, categories: [] }],
      parseTopics(topics),
      async () => {},
    )
  )[0];

const phraseIn = async (entry: string, title: string): Promise<string | undefined> =>
  (await found(listed(entry), title))?.phrase;

describe('an unwanted subject', () => {
  it('is found in a title, or if the abstract repeats it', async () => {
    const topics = listed('Orchard irrigation');
    expect(await found(topics, 'Pruning for orchard irrigation')).toEqual({
      phrase: 'Orchard irrigation',
      isInTitle: true,
    });
    const once = 'Orchard irrigation is old.';
    expect(await found(topics, 'Pruning', once)).toBeUndefined();
    expect(await found(topics, 'Pruning', `${once} We study the irrigation of an orchard.`)).toBeUndefined();
    expect(await found(topics, 'Pruning', `${once} We study orchard-irrigation.`)).toEqual({
      phrase: 'Orchard irrigation',
      isInTitle: false,
    });
  });

  it('counts only in a title if it is a word of many abstracts', async () => {
    const abstract = 'It wins on two benchmarks. The benchmarks are hard.';
    expect(await found(listed('Benchmarks'), 'Pruning', abstract)).toBeUndefined();
    expect(await found(listed('Benchmarks'), 'A benchmark of pruning')).toMatchObject({ phrase: 'Benchmarks' });
    expect(await found(listed('Kites'), 'Pruning', 'Kites fly. We fly kites.')).toMatchObject({ phrase: 'Kites' });
  });

  it.each([
    ['Kites and UAVs', 'Pruning on a kite', 'Kites'],
    ['Kites and UAVs', 'Pruning on a UAV', 'UAVs'],
    ['Image and video dubbing', 'Pruning of image classifiers', undefined],
    ['Image and video dubbing', 'Image dubbing', 'Image dubbing'],
    ['Speech recognition and synthesis', 'Synthesis of programs', undefined],
    ['Speech recognition and synthesis', 'Speech synthesis', 'Speech synthesis'],
    ['Theory of kites', 'Towards kite theory', 'Theory of kites'],
    ['Surveys', 'Pruning: a survey', 'Surveys'],
    ['Kites (e.g. gliders)', 'Pruning on gliders', 'gliders'],
  ])('%s in "%s" is %s', async (entry, title, phrase) => {
    expect(await phraseIn(entry, title)).toBe(phrase);
  });

  it.each([
    ['is part of the wanted text', 'Large networks', 'Pruning large networks'],
    ['stands in a sentence', 'Papers that merely use kites, whatever the result', 'Pruning kites'],
    ['says too little', 'Applications', 'Applications of pruning'],
    ['keeps only one of its words', 'Use in one kitchen', 'Pruning in the kitchen'],
    ['names what is missing', 'Kites without proofs', 'Kites and proofs'],
  ])('is ignored if it %s', async (_, entry, title) => {
    expect(await phraseIn(entry, title)).toBeUndefined();
  });

  it('may be an unwanted keyword or an unwanted part of a topic', async () => {
    const topics = `# Gears
- Relevant: worm drives.
- Irrelevant: bearings, ball joints.

# Keywords
- Relevant: Backlash
- Irrelevant: Kites
- Application: Lifts
`;
    expect(await found(topics, 'Worm drives with ball joints')).toMatchObject({ phrase: 'ball joints' });
    expect(await found(topics, 'Worm drives for kites')).toMatchObject({ phrase: 'Kites' });
    expect(await found(topics, 'Worm drives for lifts')).toBeUndefined();
  });

  it('limits a value to the top fifth if the title names it, and keeps the order', () => {
    const values = Float32Array.from({ length: 100 }, (_, row) => row);
    const inTitle = { phrase: 'kites', isInTitle: true };
    const repeated = { phrase: 'kites', isInTitle: false };
    const unwanted = new Array<Unwanted | undefined>(100).fill(undefined);
    unwanted[10] = inTitle;
    unwanted[98] = inTitle;
    unwanted[99] = inTitle;
    unwanted[97] = repeated;
    const lowered = limited(values, unwanted);
    expect(lowered[10]).toBe(10);
    expect(lowered[96]).toBe(96);
    expect(lowered[98]).toBeGreaterThan(80);
    expect(lowered[99]).toBeGreaterThan(lowered[98] as number);
    expect(lowered[99]).toBeLessThan(81);
    expect(lowered[97]).toBeGreaterThan(91);
    expect(lowered[97]).toBeLessThan(93);
  });
});

describe('the built-in scorer', () => {
  it.each([60, 300])('ranks an unwanted subject below the first ten of %i papers, and says why', async (count) => {
    const odd: ScorablePaper = {
      id: 'odd',
      version: 1,
      title: 'Pruning and quantization of kites',
      abstract: 'Pruning, quantization and sparsity of large networks, and pruning again.',
      categories: ['cs.LG'],
    };
    const day = [odd, ...inventedDay('day', count, 1)];
    const oddIn = async (topics: string) =>
      (await verdictsOf(createLocalScorer(), scoringTask({ day, topics, papers: [odd] })))[0];
    const [before, after] = [await oddIn(listed('Snow')), await oddIn(listed('Snow', 'Kites'))];
    expect(before?.position).toBeLessThanOrEqual(10);
    expect(before?.comment).not.toContain('Counts against it');
    expect(after?.position).toBeGreaterThan(10);
    expect(after?.comment).toMatch(/^Matches [^.]+\. Counts against it: kites\.$/);
  });
});
