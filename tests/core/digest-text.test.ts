import { expect, it } from 'vitest';
import { describeCost, describeEngines, dollars } from '../../src/core/digest-text.ts';
import { digestOf } from '../fakes/fixtures.ts';

it.each([
  [0, '$0.00'],
  [0.00004, '$0.0000'],
  [0.0312, '$0.0312'],
  [0.1, '$0.10'],
  [1.2, '$1.20'],
])('%d US dollars read %s', (usd, read) => {
  expect(dollars(usd)).toBe(read);
});

it('a cost says tokens, how much of the prompt was cached, and dollars; nothing where no model was called', () => {
  const usage = { promptTokens: 9000, cachedTokens: 0, completionTokens: 1000, costUsd: 0.5 };
  expect(describeCost({ usage })).toBe('10,000 tokens · $0.50');
  expect(describeCost({ usage: { ...usage, cachedTokens: 3000 } })).toBe(
    '10,000 tokens, 33 % of the prompt cached · $0.50',
  );
  expect(describeCost({ usage: { ...usage, promptTokens: 0, completionTokens: 0 } })).toBe('');
  expect(describeCost({ usage: { ...usage, costUsd: undefined } })).toMatch(
    /cost unknown \(no price for this model\)$/,
  );
});

it('a digest names who scored it, with shares only where there were several', () => {
  const local = { engine: 'local', model: 'local-1', papers: 1 } as const;
  const model = { engine: 'openai', model: 'gpt-test', papers: 11 } as const;
  expect(describeEngines(digestOf([], { engines: [model] }))).toBe('Scored by gpt-test');
  expect(describeEngines(digestOf([], { engines: [model, local] }))).toBe(
    'Scored by gpt-test (11 papers) and the built-in scorer (1 paper)',
  );
  expect(describeEngines(digestOf([], { engines: [] }))).toBe('Nothing to score');
});
