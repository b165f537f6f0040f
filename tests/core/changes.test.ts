import { describe, expect, it } from 'vitest';
import { readChange } from '../../src/core/changes.ts';

const entry = { changeId: 1, at: '2025-07-08T12:00:00.000Z', person: 'slack:T1:U1', channel: 'a', undoneBy: undefined };
const read = (action: string, value: unknown) => readChange({ ...entry, action, value });

describe('a change of an older version', () => {
  it.each([
    ['retract', { date: '2025-07-08' }, { date: '2025-07-08', remedial: false, messages: 0, costUsd: null }],
    [
      'retract',
      { date: '2025-07-08', remedial: 'yes', messages: null, costUsd: '1', rubric: 1, createdAt: 1 },
      { date: '2025-07-08', remedial: false, messages: 0, costUsd: null },
    ],
    ['rescore', { papers: 2 }, { papers: 2, ids: [], costUsd: null }],
    ['rescore', {}, { papers: 0, ids: [], costUsd: null }],
    ['rescore', { papers: 2, after: null }, { papers: 2, ids: [], costUsd: null, after: null }],
    ['feedback', null, {}],
    ['remove', null, {}],
    ['ask', null, {}],
  ])('of the action %s with the value %j has defaults', (action, value, expected) => {
    expect(read(action, value)).toEqual({ ...entry, action, value: expected });
  });

  it.each([
    ['retract', {}],
    ['recap', { span: 'year', to: '2025-07-06' }],
    ['undo', {}],
    ['constructor', {}],
    ['', undefined],
  ])('of the action %j with the value %j is unknown', (action, value) => {
    expect(read(action, value)).toEqual({ ...entry, action: 'unknown', value: { action } });
  });
});
