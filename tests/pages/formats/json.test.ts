import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayAsJson } from '../../../src/pages/formats/json.ts';
import { entry, fullDay, mixedDay, prompt, writtenDay } from '../written-day.ts';

const written = (day = fullDay(), shownPrompt = prompt): string =>
  `${JSON.stringify(dayAsJson(day, shownPrompt), null, 2)}\n`;

/** Every name in the data, as `papers[].links.pdf`. */
const namesIn = (value: unknown, path = ''): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, `${path}[]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return [here, ...namesIn(inner, here)];
  });
};

describe('a day as data', () => {
  it('matches its golden file', async () => {
    await expect(written()).toMatchFileSnapshot('golden/full-day.json');
  });

  it('has null for unknown values, and every name', () => {
    const bare = writtenDay([entry(1, '2507.00001')], {}, { previous: undefined, next: undefined, models: [] });
    const data = JSON.parse(written(bare, ''));
    expect(data).toMatchObject({
      navigation: { previous: null, month: '2025-07', next: null },
      remedial: null,
      authorCheck: null,
      matchLimits: null,
      prompt: null,
      models: [{ model: 'gpt-test', calls: null, price: null, promptCostUsd: null }],
      papers: [{ topic: null, doi: null, votes: { up: 0, down: 0 }, reason: { kind: 'cutoffs', matches: [] } }],
    });
    expect(Object.keys(data)).toEqual(Object.keys(JSON.parse(written())));
    expect(Object.keys(data.papers[0])).toEqual(Object.keys(JSON.parse(written()).papers[0]));
  });

  it('has a position and a match instead of points for the built-in scorer', () => {
    const { papers, matchLimits } = JSON.parse(written(mixedDay()));
    expect(matchLimits).toEqual({ papers: 10, floor: 96 });
    const none = { position: null, of: null, match: null };
    expect(papers).toMatchObject([
      { relevance: 9, novelty: 8, score: 17, ...none, reason: { kind: 'cutoffs' } },
      { relevance: null, novelty: null, score: null, position: 4, of: 383, match: 97.4, reason: { kind: 'match' } },
    ]);
  });

  it('has no links for invented papers', () => {
    const data = JSON.parse(written(writtenDay([entry(1, 'sample.00001')])));
    expect(data.papers[0].links).toBeNull();
    expect(data.sample).toBe(true);
  });

  it('has the closest papers of a day without picks', () => {
    const data = JSON.parse(written(writtenDay([], { nearest: [entry(1, '2507.00001')] })));
    expect(data.papers).toEqual([]);
    expect(data.nearest).toMatchObject([{ id: '2507.00001', relevance: 9, novelty: 8, score: 17 }]);
  });

  it('mentions the effect of votes only from half a point', () => {
    const moved = (points: number) => entry(1, '1', { nudge: { points, words: 'you liked it' } });
    const { papers } = dayAsJson(writtenDay([moved(0.49), moved(-0.5)]), prompt);
    expect(papers.map(({ moved }) => moved)).toEqual([null, { points: -0.5, why: 'you liked it' }]);
  });

  it('is described in docs/pages.md, name by name', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/pages.md'), 'utf8');
    const section = page.split(/^## /m).find((part) => part.startsWith('JSON')) ?? '';
    const described = [...section.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    expect(described.toSorted()).toEqual([...new Set(namesIn(JSON.parse(written())))].toSorted());
  });
});
