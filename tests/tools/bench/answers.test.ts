import { describe, expect, it } from 'vitest';
import { promptMessages } from '../../../src/scoring/llm/prompt.ts';
import { createRubric } from '../../../src/scoring/rubric.ts';
import { createAnswers } from '../../../tools/bench/model/answers.ts';
import { verdictsOf } from '../../../tools/bench/model/verdicts.ts';
import { abstractsPrompt, titlesPrompt } from '../../../tools/bench/script/prompts.ts';
import { paperOf } from '../../fakes/fixtures.ts';

const papers = ['2507.00001', '2507.00002', '2507.00003'].map((id) => paperOf(id, { title: `On <gears> & ${id}` }));
const cutoffs = { relevance: 8, novelty: 7 };
const judged = papers.map((paper, index) => ({
  ...{ paper, picked: index === 1, score: index === 1 ? { relevance: 9, novelty: 8 } : { relevance: 1, novelty: 1 } },
  ...(index === 1 && { comment: 'It is about gears.' }),
}));
const verdicts = verdictsOf([{ date: '2025-07-08', papers: judged }], cutoffs);
const rubric = createRubric({ topics: '# Gears', criteria: '# Criteria', language: 'English' });
const answer = createAnswers(verdicts, 0);
const answers = (request: Parameters<typeof answer>[0]): string => answer(request).text;
const ask = (content: string, schema?: unknown): unknown => {
  const format = schema === undefined ? undefined : { type: 'json_schema', json_schema: { schema } };
  return JSON.parse(answers({ model: 'm', messages: [{ role: 'user', content }], response_format: format }));
};
const numbered = papers
  .map(
    ({ title }, index) => `<paper n="${index + 1}">\n<title>${title.replace('<', '&lt;').replace('>', '&gt;')}</title>`,
  )
  .join('\n');

describe("the model's answers", () => {
  it('give picks their labels, and other papers scores below the cutoffs', () => {
    const picked = { relevance: 9, novelty: 8, comment: 'It is about gears.', isPicked: true };
    expect(verdicts.get('2507.00002')).toMatchObject(picked);
    for (const id of ['2507.00001', '2507.00003']) {
      const { relevance = 0, novelty = 0, comment = '' } = verdicts.get(id) ?? {};
      expect(relevance).toBeGreaterThan(0);
      expect(relevance).toBeLessThan(8);
      expect(novelty).toBeLessThan(7);
      expect(comment).toContain(id);
    }
  });

  it("fill a schema for Paperboy's prompt, and have the same fields without one", () => {
    const fields = { id: 'string', comment: 'string', relevance: 'integer', novelty: 'integer' };
    const properties = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }]));
    const schema = { type: 'object', properties: { papers: { type: 'array', items: { type: 'object', properties } } } };
    const messages = promptMessages(rubric, papers, 'schema');
    const filled = JSON.parse(answers({ model: 'm', messages, response_format: { json_schema: { schema } } }));
    expect(filled.papers[1]).toEqual({ id: '2507.00002', comment: 'It is about gears.', relevance: 9, novelty: 8 });
    const lines = answers({ model: 'm', messages: promptMessages(rubric, papers, 'lines') }).split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(filled.papers);
  });

  it('tell scores, comments and topics apart', () => {
    const kindOf = (content: string, fields: Record<string, string>) => {
      const properties = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }]));
      const schema = {
        type: 'object',
        properties: { papers: { type: 'array', items: { type: 'object', properties } } },
      };
      return answer({ model: 'm', messages: [{ role: 'user', content }], response_format: { json_schema: { schema } } })
        .kind;
    };
    const paper = '=== 2507.00001\nTitle';
    expect(kindOf(paper, { id: 'string', relevance: 'integer' })).toBe('scores');
    expect(kindOf(paper, { id: 'string', comment: 'string' })).toBe('comments');
    expect(kindOf('<topics>\n# Gears\n</topics>', {})).toBe('topics');
  });

  it('fill any schema by the names of its fields, and find papers by title', () => {
    const schema = {
      type: 'object',
      properties: {
        scores: {
          type: 'array',
          items: { type: 'object', properties: { i: { type: 'integer' }, r: { type: 'integer' } } },
        },
        keep: { type: 'array', items: { type: 'integer' } },
      },
    };
    const answer = ask(numbered, schema);
    expect(answer).toMatchObject({ scores: [{ i: 1 }, { i: 2, r: 9 }, { i: 3 }] });
    expect(answer).toHaveProperty('keep', expect.arrayContaining([2]));
    expect(() => ask(numbered, { type: 'object', properties: { color: { type: 'string' } } })).toThrow(
      'the model has no value for "color"',
    );
  });

  it('find papers by the lines that begin with their ids', () => {
    const field = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } });
    const text = '=== 2507.00002 relevance 9, novelty 8\nOn gears\nSee also 2507.00003.\n=== end';
    const schema = (name: string) => ({
      type: 'object',
      properties: { papers: { type: 'array', items: field(name) } },
    });
    expect(ask(text, schema('id'))).toEqual({ papers: [{ id: '2507.00002' }] });
    expect(ask(text, schema('comment'))).toEqual({ papers: [{ comment: 'It is about gears.' }] });
    expect(ask(text, schema('summary'))).toEqual({ papers: [{ summary: 'Abstract of 2507.00002..' }] });
    expect(() => ask('=== 2507.99999', schema('id'))).toThrow('the model knows no paper 2507.99999');
    expect(() => ask('Hello.', schema('id'))).toThrow('the model found no paper');
  });

  it('follow the script: titles to drop as a list of ids, then a line for each abstract', () => {
    const texts = { topics: '# Gears', criteria: '# Criteria' };
    expect(ask(titlesPrompt(texts, papers))).toEqual(['2507.00001', '2507.00003']);
    const keepAll = createAnswers(verdicts, 1);
    expect(keepAll({ model: 'm', messages: [{ role: 'user', content: titlesPrompt(texts, papers) }] }).text).toBe('[]');
    const [, second = ''] = answers({
      ...{ model: 'm', messages: [{ role: 'user', content: abstractsPrompt(texts, papers) }] },
    }).split('\n');
    const row = { ARXIVID: '2507.00002', COMMENT: 'It is about gears.', RELEVANCE: 9, NOVELTY: 8 };
    expect(JSON.parse(second)).toEqual(row);
  });
});
