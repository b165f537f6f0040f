import { describe, expect, it } from 'vitest';
import { countTokens, promptTokens } from '../../../tools/bench/model/tokens.ts';

describe('tokens', () => {
  it('are those of gpt-4o', () => {
    expect(countTokens('hello world')).toBe(2);
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1);
    expect(countTokens('')).toBe(0);
  });

  it('of a prompt are those of its messages, with four around each and three for the start of the answer', () => {
    const messages = [
      { role: 'system', content: 'hello world' },
      { role: 'user', content: 'hello' },
    ];
    expect(promptTokens({ model: 'm', messages })).toHaveLength(3 + (4 + 2) + (4 + 1));
  });

  it('of a prompt begin with the schema, which calls with other papers share', () => {
    const promptOf = (content: string): number[] =>
      promptTokens({
        ...{ model: 'm', messages: [{ role: 'user', content }] },
        response_format: { json_schema: { schema: { type: 'object' } } },
      });
    const size = countTokens('{"type":"object"}');
    const [one, other] = [promptOf('one'), promptOf('other')];
    expect(one.slice(0, size)).toEqual(other.slice(0, size));
    expect(one).toHaveLength(size + 3 + 4 + 1);
  });
});
