import { describe, expect, it } from 'vitest';
import { bestTopics, type MatchablePaper } from '../../../src/scoring/built-in/matches.ts';
import { inventedDay } from './papers.ts';

const topics = `# What we read

1. Model Compression
   - Relevant: pruning, quantization, low-rank methods.
   - Irrelevant: existing methods on a new task.
2. Large Language Models (LLMs)
   - Relevant: pretraining at scale, interpretability of language models.
   - Irrelevant: translation.
3. Gear Trains
   - Relevant: worm drives, planetary gears, backlash.
   - Irrelevant: bearings.

**Keywords:**

- Relevant: Quantization, Lighthouse
`;

const paperOf = (id: string, parts: Partial<MatchablePaper>): MatchablePaper => ({
  id,
  title: 'Rivers and bread',
  abstract: 'We walk along a river and bake.',
  comment: 'It is of interest.',
  ...parts,
});

const topicOf = async (parts: Partial<MatchablePaper>, text = topics): Promise<string | undefined> =>
  (await bestTopics(text, [paperOf('1', parts), paperOf('2', {})])).get('1');

describe('the best topic of a paper', () => {
  it('is the one whose words occur in the text', async () => {
    expect(await topicOf({ title: 'Backlash in worm drives', abstract: 'Planetary gears wear.' })).toBe('Gear Trains');
    expect(await topicOf({ abstract: 'We study pruning and the quantization of weights.' })).toBe('Model Compression');
  });

  it('is found by the comment if the text says little', async () => {
    expect(await topicOf({ comment: 'The paper offers a new view of backlash in planetary gears.' })).toBe(
      'Gear Trains',
    );
  });

  it('is the one that the comment names, even against the text', async () => {
    const comment = 'The paper is new, which aligns with the model compression criterion.';
    expect(await topicOf({ title: 'Planetary gears', abstract: 'On worm drives.', comment })).toBe('Model Compression');
  });

  it('is recognized only by its long form, in singular or plural', async () => {
    const abstract = 'We study pruning and quantization.';
    expect(await topicOf({ abstract, comment: 'It makes LLMs small by pruning.' })).toBe('Model Compression');
    expect(await topicOf({ abstract, comment: 'It is about the large language model.' })).toBe(
      'Large Language Models (LLMs)',
    );
  });

  it('is the one that the comment ends with', async () => {
    const comment = 'It studies large language models with a method of its own, a contribution to model compression.';
    expect(await topicOf({ abstract: 'Interpretability of language models.', comment })).toBe('Model Compression');
  });

  it('is the one nearest to the text if the comment lists several', async () => {
    const comment = 'Relevant to gear trains, model compression and large language models.';
    expect(await topicOf({ abstract: 'Backlash of worm drives.', comment })).toBe('Gear Trains');
    expect(await topicOf({ abstract: 'Pruning by low-rank methods.', comment })).toBe('Model Compression');
  });

  it('is undefined for a paper that shares no word, or only a keyword without a topic', async () => {
    expect(await topicOf({})).toBeUndefined();
    expect(await topicOf({ title: 'The lighthouse', abstract: 'A lighthouse at night.' })).toBeUndefined();
  });

  it('is undefined for a paper that only mentions a word', async () => {
    const abstract = `${Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ')} backlash.`;
    expect(await topicOf({ title: 'Rivers', abstract })).toBeUndefined();
  });

  it('is undefined without topics or papers', async () => {
    expect(await topicOf({ abstract: 'Worm drives.', comment: 'On gear trains.' }, '')).toBeUndefined();
    expect(await bestTopics(topics, [])).toEqual(new Map());
  });

  it('does not depend on headings, case and hyphens', async () => {
    const text = '# Ours\n\n## Gear-Trains\n\nWorm drives.\n\n## Model compression\n\nPruning.\n';
    expect(await topicOf({ comment: 'It is on GEAR TRAINS.' }, text)).toBe('Gear-Trains');
  });

  it('is found for fifty papers', async () => {
    const papers = inventedDay('2501', 50, 7).map((paper) => ({ ...paper, comment: 'Relevant to model compression.' }));
    expect((await bestTopics(topics, papers)).size).toBe(50);
  });
});
