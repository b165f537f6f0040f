import { describe, expect, it } from 'vitest';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { parseTopics, topicSides } from '../../src/scoring/topics.ts';
import { readInterests, splitInterests, topicsText } from '../../src/setup/interests.ts';
import { paperOf } from '../fakes/fixtures.ts';

const { signal } = new AbortController();

describe('reading interests', () => {
  it('separates words from papers', () => {
    const text = `quantization, not surveys
https://arxiv.org/abs/2507.02909v2, 2507.04610
- hep-th/9901001
work such as https://arxiv.org/pdf/2507.00001`;
    expect(splitInterests(text)).toEqual({
      words: 'quantization, not surveys\nwork such as https://arxiv.org/pdf/2507.00001',
      ids: ['2507.02909', '2507.04610', 'hep-th/9901001', '2507.00001'],
      faults: [],
    });
    const joined = 'https://arxiv.org/abs/2507.02909 and https://arxiv.org/abs/2507.04610.';
    expect(splitInterests(joined)).toEqual({ words: '', ids: ['2507.02909', '2507.04610'], faults: [] });
  });

  it('names ids that cannot exist', () => {
    const none = 'arXiv has no paper 2999.99999. Check the id.';
    expect(splitInterests('https://arxiv.org/abs/2999.99999 and 2507.02909')).toEqual({
      ...{ words: '', ids: ['2507.02909'] },
      faults: [`2999.99999 is left out: ${none}`],
    });
    expect(splitInterests('like https://arxiv.org/abs/2999.99999 with 1999.999').faults).toEqual([
      `2999.99999 is left out: ${none}`,
    ]);
    expect(splitInterests('https://arxiv.org/list/cs.LG/new').faults).toEqual([
      'https://arxiv.org/list/cs.LG/new is not a link to a paper.',
    ]);
  });

  it('leaves out papers that cannot be read, and says why', async () => {
    const find = async (id: string) => {
      if (id === '2507.00002') throw new UserError('arXiv has no paper 2507.00002. Check the id.');
      if (id === '2507.00003') throw new ExternalError({ service: 'arXiv', message: 'arXiv cannot be reached.' });
      return paperOf(id);
    };
    const { liked, faults } = await readInterests('2507.00001 2507.00002 2507.00003', find, signal);
    expect(liked.map(({ id }) => id)).toEqual(['2507.00001']);
    expect(faults).toEqual([
      '2507.00002 is left out: arXiv has no paper 2507.00002. Check the id.',
      '2507.00003 is left out: arXiv cannot be reached.',
    ]);
  });
});

describe('the topics file', () => {
  const liked = [paperOf('2507.00001')];
  const title = liked[0]?.title ?? '';

  it('has the words as they are, and the liked papers as subjects', () => {
    const words = 'Quantization of language models.\nNo surveys.';
    const text = topicsText({ words, liked });
    expect(text).toContain(words);
    const { wanted, unwanted } = topicSides(parseTopics(text));
    expect(wanted).toEqual(expect.arrayContaining([title, 'Quantization of language models']));
    expect(unwanted).toEqual(['surveys']);
  });

  it('keeps Markdown as it is, and adds papers to its list', () => {
    const first = topicsText({ words: 'pruning', liked });
    const again = topicsText({ words: first.trim(), liked: [{ ...paperOf('2507.00002'), title: 'Other gears' }] });
    expect(again).toBe(`${first}\n- Other gears\n`);
    expect(topicSides(parseTopics(again)).wanted).toEqual(expect.arrayContaining([title, 'Other gears']));
  });
});
