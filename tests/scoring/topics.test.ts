import { describe, expect, it } from 'vitest';
import { keywordTerms } from '../../src/scoring/topic-lines.ts';
import { parseTopics, topicSides } from '../../src/scoring/topics.ts';
import { growth, linear } from '../computing.ts';

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
      general: { relevant: '', irrelevant: '' },
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

  it('reads prose as one topic without a name', () => {
    expect(parseTopics('We like sparse models.\r\n\r\nAnd pruning.').topics).toEqual([
      { name: '', relevant: 'We like sparse models.\nAnd pruning.', irrelevant: '' },
    ]);
  });

  it('keeps an unwanted section apart from the topics', () => {
    const parsed = parseTopics('## A\nalpha\n\n## B\nbeta\n\n## Not relevant\ngamma\n');
    expect(parsed.topics.map((topic) => topic.irrelevant)).toEqual(['', '']);
    expect(parsed.general).toEqual({ relevant: '', irrelevant: 'gamma' });
  });

  it.each([
    ['worm drives, backlash, gears', ['worm drives', 'backlash', 'gears']],
    ['quiet gear trains', ['quiet gear trains']],
    ['Worm drives\nBacklash\nGears\n', ['Worm drives', 'Backlash', 'Gears']],
    ['# Gear trains\n- Relevant: worm drives, backlash.\n- Irrelevant: bearings.', ['Gear trains']],
  ])('names the topics of %j', (markdown, names) => {
    expect(parseTopics(markdown).topics.map(({ name }) => name)).toEqual(names);
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

  it.each([
    ['**Keywords:**\n- Relevant: ', 'a(b, c/d, '],
    ['', '['],
    ['', '*a '],
  ])('parses a line in time proportional to its length: %j and many %j', async (start, part) => {
    expect(await growth((times) => parseTopics(start + part.repeat(times)), 5_000)).toBeLessThan(linear);
  });
});

describe('what is wanted and unwanted', () => {
  const sidesOf = (markdown: string) => topicSides(parseTopics(markdown));
  const both = { wanted: ['worm drives', 'backlash'], unwanted: ['snow', 'hedges'] };
  const list = '- worm drives\n- backlash\n';
  const unwantedList = '- snow\n- hedges\n';

  it.each([
    ...['Deprioritize:', 'Not relevant:', 'Not interested in:', 'We do not want:', 'Low priority:', 'Please avoid:'],
    ...['Skip', 'Exclude', 'Off-topic:', 'Go easy on:', 'What we do not need to see:', 'Out of scope：', 'Irelevant:'],
    ...['Not intrested in:', 'Please don’t send us anything about:', 'Cut down on:', '**Not for us**', '## Not for us'],
    ...['## Less important', 'For our group, these are off the table:', 'Nicht relevant:', '不相关：'],
  ])('reads a list below %j as unwanted', (label) => {
    expect(sidesOf(`${list}\n${label}\n\n${unwantedList}`)).toEqual(both);
    expect(sidesOf(`${label}\n\n${unwantedList}\nInterested in:\n\n${list}`)).toEqual(both);
  });

  it.each([
    ['## What we like\n', '## Not our thing\n'],
    ['We want:\n', 'We don’t want:\n'],
    ['**Relevant**\n', '**Not relevant**\n'],
  ])('reads lists below %j and %j', (wanted, unwanted) => {
    expect(sidesOf(`${wanted}${list}\n${unwanted}${unwantedList}`)).toEqual(both);
    expect(sidesOf(`${unwanted}${unwantedList}\n${wanted}${list}`)).toEqual(both);
  });

  it.each([
    ['no papers', '- worm drives\n- backlash\n- no snow\n- please avoid hedges\n'],
    [
      'labels with a full-width colon',
      '- Relevant：worm drives, backlash\n- Not relevant：snow\n- Not relevant：hedges',
    ],
    ['labels with a dash', '- Relevant – worm drives, backlash\n- Not relevant – snow\n- Skip — hedges'],
    ['labels on one line', 'We want: worm drives, backlash. Not interested in: snow; Never: hedges'],
    ['signs', '👍 worm drives, backlash\n👎 snow\n❌ hedges'],
    ['clauses', 'worm drives, backlash, but not snow, no hedges'],
  ])('reads %s', (_, markdown) => {
    expect(sidesOf(markdown)).toEqual(both);
  });

  it('reads a paragraph after a list as general text', () => {
    const parsed = parseTopics(
      '1. Gears\n   - Relevant: worm drives\n   - Not relevant: bearings\n\n We also enjoy papers on bread.\n',
    );
    expect(parsed.topics).toEqual([{ name: 'Gears', relevant: 'worm drives', irrelevant: 'bearings' }]);
    expect(parsed.general).toEqual({ relevant: 'We also enjoy papers on bread.', irrelevant: '' });
    expect(sidesOf(`Skip:\n${unwantedList}\nWe also enjoy bread.\n`).wanted).toEqual(['We also enjoy bread']);
  });

  it.each([
    ['Purely decorative gears are not relevant.', 'Purely decorative gears'],
    [
      'A gear that only turns in one clock is not for us, however\npretty it is there.',
      'A gear that only turns in one clock',
    ],
    ['We do not read papers about snow.', 'snow'],
    ['Go easy on snow.', 'snow'],
    ['Fewer snow papers, please.', 'snow papers'],
    ['Papers on snow do not interest us.', 'Papers on snow'],
    ['No snow please!', 'snow'],
  ])('counts a negated sentence against papers: %j', (sentence, unwanted) => {
    expect(sidesOf(`We like worm drives and quiet gears.\n\n${sentence}`)).toEqual({
      wanted: ['We like worm drives and quiet gears'],
      unwanted: [unwanted],
    });
  });

  it.each([
    ...['Methods that do not need labels', 'No-regret learning', 'Low-rank adaptation', 'Skip connections in networks'],
    ...['Negative sampling', 'Not only pruning but also rank', 'Learning with less data', 'Avoidance of collisions'],
    ...['Models that are not differentiable', 'Interest rates', 'Light fields', 'Drop paths'],
  ])('does not take %j for a rejection', (text) => {
    expect(sidesOf(`- ${text}\n- gears\n`)).toEqual({ wanted: [text, 'gears'], unwanted: [] });
  });

  it('leaves out sentences about the file itself', () => {
    expect(sidesOf('Keep relevant papers and filter out irrelevant ones.\n\n- gears').wanted).toEqual(['gears']);
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
