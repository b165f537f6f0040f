import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemPrompt } from '../../src/scoring/llm/prompt.ts';
import { createRubric } from '../../src/scoring/rubric.ts';

const texts = { topics: '# Topics\nGears\n', criteria: '# Criteria\n', language: 'English' };

describe('the hash of a rubric', () => {
  test('is SHA-256 in hex, and equal for equal texts', () => {
    expect(createRubric(texts).hash).toMatch(/^[0-9a-f]{64}$/);
    expect(createRubric({ ...texts }).hash).toBe(createRubric(texts).hash);
  });

  test('does not depend on line ends or a byte order mark', () => {
    const windows = { ...texts, topics: '\uFEFF# Topics\r\nGears\r\n', criteria: '# Criteria\r' };
    expect(createRubric(windows)).toEqual(createRubric(texts));
  });

  test.each([
    ['topics', { ...texts, topics: '# Topics\nGear\n' }],
    ['criteria', { ...texts, criteria: '# Criteria!\n' }],
    ['language', { ...texts, language: 'German' }],
  ])('changes with the %s', (_, other) => {
    expect(createRubric(other).hash).not.toBe(createRubric(texts).hash);
  });

  test('differs for texts that are equal only when joined', () => {
    const one = createRubric({ ...texts, topics: 'ab', criteria: 'c' });
    expect(one.hash).not.toBe(createRubric({ ...texts, topics: 'a', criteria: 'bc' }).hash);
  });
});

describe('the built-in rubric', () => {
  const read = (name: string) => readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');
  const prompt = systemPrompt(
    createRubric({ topics: read('topics/foundations.md'), criteria: read('criteria.md'), language: 'English' }),
  );

  test('has no unfilled placeholder', () => {
    expect(prompt).not.toMatch(/\{\{|\}\}/);
  });

  test('has no text that looks like an arXiv id', () => {
    expect(prompt).not.toMatch(/\d{4}\.\d{4,5}|[a-z-]+\/\d{7}/);
  });

  test('describes every band of both axes', () => {
    for (const band of ['9-10', '7-8', '5-6', '3-4', '1-2']) expect(prompt.split(`### ${band}`)).toHaveLength(3);
  });

  test("is long enough for OpenAI's prompt cache, which needs 1,024 tokens", () => {
    expect(prompt.length / 5).toBeGreaterThan(1024);
  });
});
