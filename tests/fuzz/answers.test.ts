import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModelAnswer, verifiedQuotes } from '../../src/scoring/llm/quotes.ts';
import { readAnswer } from '../../src/scoring/llm/response.ts';
import { readSummaries } from '../../src/scoring/llm/summaries.ts';
import { parseAnswer, parseComments } from '../../src/scoring/llm/verdicts.ts';
import { fuzzing, mutated } from './mutations.ts';

const batch = ['2507.00001', '2507.00002', 'math/0601001'].map((id) => ({ id, version: 1 }));
const ids = new Set(batch.map(({ id }) => id));
const papers = batch.map(({ id }, at) => ({
  id,
  comment: 'It turns.',
  relevance: 9 - at,
  novelty: 3 + at,
  summary: 'x',
}));
const whole = JSON.stringify({ papers });
const texts = [
  whole,
  `<think>Let me see.</think>\n\`\`\`json\n${whole}\n\`\`\``,
  papers.map((one) => JSON.stringify(one)).join('\n'),
  papers
    .map(({ id, relevance, novelty }) => `ARXIVID: ${id}, RELEVANCE: ${relevance}/10, NOVELTY: ${novelty}`)
    .join('\n'),
  JSON.stringify(Object.fromEntries(papers.map(({ id, ...fields }) => [id, fields]))),
];
const text = 'Gears turn other gears, which learn to turn cogs without a teacher.';
const question = JSON.stringify({ quotes: ['which learn to turn cogs without'], found: true, answer: 'They learn.' });
const completion = JSON.stringify({
  ...{ id: 'x', object: 'chat.completion', created: 0, model: 'm' },
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: whole } }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
});

describe('a broken answer of a language model', () => {
  it('has only valid verdicts about papers of its batch', () => {
    fc.assert(
      fc.property(mutated(...texts), (answer) => {
        const { verdicts, missing } = parseAnswer(answer, batch);
        for (const { paperId, relevance, novelty, comment } of verdicts) {
          expect(ids.has(paperId)).toBe(true);
          for (const points of [relevance, novelty]) {
            expect(Number.isInteger(points) && points >= 1 && points <= 10).toBe(true);
          }
          expect(comment.isWellFormed()).toBe(true);
        }
        expect(verdicts.length + missing.length).toBe(batch.length);
      }),
      fuzzing,
    );
  });

  it('has only comments and summaries of papers of its batch', () => {
    fc.assert(
      fc.property(mutated(...texts), (answer) => {
        for (const { paperId, comment } of parseComments(answer, batch)) {
          expect(ids.has(paperId) && comment.isWellFormed()).toBe(true);
        }
        for (const { paperId, text: summary } of readSummaries(answer, batch)) {
          expect(ids.has(paperId) && summary.isWellFormed()).toBe(true);
        }
      }),
      fuzzing,
    );
  });

  it('quotes nothing that is not in the text', () => {
    const plain = (some: string): string => some.replace(/[^a-z]+/gi, ' ').trim();
    fc.assert(
      fc.property(mutated(question), (answer) => {
        for (const quote of verifiedQuotes(parseModelAnswer(answer)?.quotes ?? [], text)) {
          expect(plain(text)).toContain(plain(quote));
        }
      }),
      fuzzing,
    );
  });

  it('is a completion, an error or unreadable, but never throws', () => {
    const parsed = (json: string): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        return json;
      }
    };
    fc.assert(
      fc.property(fc.oneof(mutated(completion).map(parsed), fc.jsonValue()), (answer) => {
        expect(['completion', 'error', 'unreadable']).toContain(readAnswer(answer).kind);
      }),
      fuzzing,
    );
  });
});
