import { describe, expect, it } from 'vitest';
import { keywordTerms, parseTopics } from '../../src/scoring/topics.ts';
import { computing } from '../computing.ts';

const numbered = `## Relevant Topics

Keep **relevant** papers and filter out **irrelevant** ones.

1. Model Compression
   - Relevant: Sparsity, pruning,
     KV cache.
   - Irrelevant: Straightforward applications.

2. **Garden Robots**
   - Relevant: Hedges and lawns.
   - Irrelevant: Snow.

**Keywords:**

- Relevant: Mixture of Experts (MoE), Sparse/Sparsity, Low-rank, etc.
- Irrelevant: Transfer Learning, etc.
- Application: Spatial/Temporal Modeling, 3D Vision.
`;

describe('parseTopics', () => {
  it('reads numbered topics with their labels, and the keyword lists', () => {
    expect(parseTopics(numbered)).toEqual({
      topics: [
        {
          name: 'Model Compression',
          relevant: 'Sparsity, pruning,\nKV cache.',
          irrelevant: 'Straightforward applications.',
        },
        { name: 'Garden Robots', relevant: 'Hedges and lawns.', irrelevant: 'Snow.' },
      ],
      keywords: {
        relevant: ['Mixture of Experts', 'MoE', 'Sparse', 'Sparsity', 'Low-rank'],
        irrelevant: ['Transfer Learning'],
        application: ['Spatial Modeling', 'Temporal Modeling', '3D Vision'],
      },
    });
  });

  it('reads headings as topics, with prose, bullets and labels below them', () => {
    const parsed = parseTopics(`# What we read

Words before the topics.

## Applications of knots
Ropes and [splices](https://example.org).
- bends

### Irrelevant
Shoelaces.

## Bread
- **Relevant:** sourdough
- **Irrelevant:** toast

## Keywords
### Relevant
- Rye
### Irrelevant
- Cake, Biscuits
`);
    expect(parsed.topics).toEqual([
      { name: 'Applications of knots', relevant: 'Ropes and splices.\nbends', irrelevant: 'Shoelaces.' },
      { name: 'Bread', relevant: 'sourdough', irrelevant: 'toast' },
    ]);
    expect(parsed.keywords).toEqual({ relevant: ['Rye'], irrelevant: ['Cake', 'Biscuits'], application: [] });
  });

  it.each(['', '# Our topics\n\n', '## Topics\n'])(
    'reads each entry of a plain list as a topic (after %j)',
    (before) => {
      expect(parseTopics(`${before}* Pruning\n* Compression: quantization, KV cache\n  * also rank\n`).topics).toEqual([
        { name: 'Pruning', relevant: 'Pruning', irrelevant: '' },
        { name: 'Compression', relevant: 'quantization, KV cache\nalso rank', irrelevant: '' },
      ]);
    },
  );

  it('reads an indented list, and labels on the line of their topic', () => {
    const indented = numbered.replaceAll(/^(?=\d|\s+-)/gm, '  ');
    expect(parseTopics(indented).topics).toEqual(parseTopics(numbered).topics);
    const onOneLine =
      '  1. Sparsity - Relevant: pruning, MoE - a kind of it. - Irrelevant: applications.\n  2. Robots - Relevant: lawns.';
    expect(parseTopics(onOneLine).topics).toEqual([
      { name: 'Sparsity', relevant: 'pruning, MoE - a kind of it.', irrelevant: 'applications.' },
      { name: 'Robots', relevant: 'lawns.', irrelevant: '' },
    ]);
  });

  it('reads prose as one topic', () => {
    expect(parseTopics('We like sparse models.\r\n\r\nAnd pruning.').topics).toEqual([
      { name: 'Topics', relevant: 'We like sparse models.\nAnd pruning.', irrelevant: '' },
    ]);
  });

  it('adds an unwanted section at the end to every topic', () => {
    const parsed = parseTopics('## A\nalpha\n\n## B\nbeta\n\n## Not relevant\ngamma\n');
    expect(parsed.topics.map((topic) => topic.irrelevant)).toEqual(['gamma', 'gamma']);
  });

  it('reads keywords on one line', () => {
    expect(parseTopics('Something.\n\nKeywords: pruning, rank').keywords.relevant).toEqual(['pruning', 'rank']);
  });

  it('shortens the name of a topic that is a long sentence, and keeps the text', () => {
    const sentence = `1. ${'Many words about everything that we like to read '.repeat(4)}`;
    const [topic] = parseTopics(sentence).topics;
    expect(topic?.name.length).toBeLessThanOrEqual(61);
    expect(topic?.relevant).toContain('like to read Many words');
  });

  it.each([
    '',
    '\n\n',
    '#',
    '# ',
    '- ',
    '**',
    '1.',
    '- Relevant:',
    '**Keywords:**',
    '<!-- open',
    '```\ncode',
    '| a | b |\n|---|---|',
    '(((,,,)))',
    '- Irrelevant: only this',
    '\u0000\uD800',
  ])('accepts odd Markdown: %j', (markdown) => {
    expect(() => parseTopics(markdown)).not.toThrow();
  });

  it('parses a very long line in little time', () => {
    const took = computing();
    parseTopics(`**Keywords:**\n- Relevant: ${'a(b, c/d, '.repeat(10_000)}`);
    parseTopics('['.repeat(20_000));
    parseTopics('*a '.repeat(10_000));
    expect(took()).toBeLessThan(3000);
  });
});

describe('keywordTerms', () => {
  it.each([
    ['Compression/Efficiency', ['Compression', 'Efficiency']],
    ['Vision / Speech', ['Vision', 'Speech']],
    ['I/O, etc.', ['I/O']],
    ['Language Models (e.g., LLM, SLM) and rank', ['Language Models and rank', 'LLM', 'SLM']],
    ['or pruning; pruning, ', ['pruning']],
  ])('reads %j', (list, terms) => {
    expect(keywordTerms(list)).toEqual(terms);
  });
});
