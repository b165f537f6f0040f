import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { top } from '../../commands/top.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { PickReason } from '../../src/core/digest.ts';
import type { Stores } from '../../src/core/stores.ts';
import { digestOf, entryOf, matchedAt, paperOf, rubricOf } from '../fakes/fixtures.ts';
import { type Posted, postedAt, savePosted, scoredBy, verdictOf, voteOn } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const list = [top];
const answerTo = async (text: string) => linesOf(await ask(stores, text, { list }));
/** The ids of the listed papers, in their order. */
const idsOf = async (text: string) => (await answerTo(text)).flatMap((line) => /Title of (\S+) /.exec(line)?.[1] ?? []);

const save = (date: string, ones: readonly Posted[], relevant = ones.length) =>
  savePosted(stores, date, ones, { counts: { announced: 90, scanned: 80, relevant, unscored: 0 } });
const vote = (date: string, rank: number, person: string, emoji?: string) => voteOn(stores, date, rank, person, emoji);

const monday: Posted[] = [
  { id: '2507.00001', relevance: 10, novelty: 7, topic: 'Sparse Attention' },
  { id: '2507.00002', relevance: 8, novelty: 8, topic: 'Quantization' },
];
const tuesday: Posted[] = [
  { id: '2507.00003', relevance: 9, novelty: 9, topic: 'Quantization' },
  { id: '2507.00004', relevance: 8, novelty: 7 },
];

describe('top of a week or a month', () => {
  beforeEach(async () => {
    await save('2025-06-30', [{ id: '2506.00009', relevance: 10, novelty: 10 }]);
    await save('2025-07-07', monday);
    await save('2025-07-08', tuesday);
  });

  it('shows the best of all its days, each with its day', async () => {
    const lines = await answerTo('top week');
    expect(lines[0]).toBe('Top 4 of the last 7 days · foundations');
    expect(lines[1]).toBe('Title of 2507.00003  9 + 9  8 Jul  Ada First, Ben Second · 2507.00003');
    expect(await idsOf('top month')).toEqual(['2506.00009', '2507.00003', '2507.00001', '2507.00002', '2507.00004']);
    expect(await idsOf('top 2025-07')).toEqual(['2507.00003', '2507.00001', '2507.00002', '2507.00004']);
    expect((await answerTo('top 2025-07'))[0]).toBe('Top 4 of July 2025 · foundations');
  });

  it('orders by novelty, or by votes for minus votes against', async () => {
    await vote('2025-07-08', 2, 'a');
    await vote('2025-07-08', 2, 'b');
    await vote('2025-07-07', 2, 'a');
    await vote('2025-07-08', 1, 'a', '-1');
    expect(await idsOf('top week by votes')).toEqual(['2507.00004', '2507.00002', '2507.00001', '2507.00003']);
    expect((await answerTo('top week by votes'))[0]).toContain('by votes');
    expect(await idsOf('top week by novelty')).toEqual(['2507.00003', '2507.00002', '2507.00001', '2507.00004']);
    expect(await idsOf('top 2025-07-07 by novelty')).toEqual(['2507.00002', '2507.00001']);
  });

  it('says that there are no votes to order by', async () => {
    expect((await answerTo('top week by votes')).at(-1)).toMatch(/^No votes yet, so the order is by score/);
  });

  it('shows a paper of two days once, under the newer day', async () => {
    await stores.announcements.savePapers([paperOf('2507.00001', { version: 2 })]);
    const [score] = await stores.scores.add(scoredBy, [{ ...verdictOf('2507.00001', 8, 8), version: 2 }], postedAt);
    if (!score) throw new Error('no score');
    const entry = entryOf(1, paperOf('2507.00001', { version: 2 }), score);
    await stores.digests.create(digestOf([entry], { date: '2025-07-05' }), postedAt, []);
    const ids = await idsOf('top week');
    expect(ids.filter((id) => id === '2507.00001')).toHaveLength(1);
  });

  it('continues the list with a button that keeps the options', async () => {
    const lines = await answerTo('top 3 week by novelty');
    expect(lines.at(-1)).toBe('[More: top 3 week by novelty from 4]');
    const next = await answerTo('top 3 week by novelty from 4');
    expect(next[0]).toBe('Number 4 of the last 7 days by novelty · foundations');
    expect(next[1]).toMatch(/^4\. Title of 2507\.00004/);
    expect(next.at(-1)).toBe('4 papers in all; this is the end of the list.');
    await expect(ask(stores, 'top 3 week from 9', { list })).rejects.toThrow(
      'There are only 4 papers. Type /arxiv top 3 week from 2.',
    );
  });

  it('links to the page of the day or month', async () => {
    const services = { pageUrl: (path: string) => `http://127.0.0.1:3210/${path}` };
    const urls = async (text: string) => JSON.stringify(await ask(stores, text, { list, services }));
    expect(await urls('top')).toContain('"http://127.0.0.1:3210/foundations/2025-07-08.html"');
    expect(await urls('top 2025-07')).toContain('"http://127.0.0.1:3210/foundations/2025-07.html"');
    expect(await urls('top week')).not.toContain('3210');
  });

  it('names the nearest digest if a date has none', async () => {
    await expect(ask(stores, 'top 2025-07-01', { list })).rejects.toThrow(
      'There is no digest for 2025-07-01. Type /arxiv top 5 2025-06-30 for the nearest one.',
    );
    await expect(ask(stores, 'top 2024-01', { list })).rejects.toThrow(
      'There is no digest for January 2024. Type /arxiv top 5 2025-06-30 for the nearest one.',
    );
  });
});

describe('top of a topic', () => {
  beforeEach(async () => {
    await save('2025-07-07', monday);
    await save('2025-07-08', tuesday);
  });

  it.each(['quantization', 'QUANT', 'Quantization'])('finds the papers of "%s"', async (topic) => {
    expect(await idsOf(`top week ${topic}`)).toEqual(['2507.00003', '2507.00002']);
    expect((await answerTo(`top week ${topic}`))[0]).toContain('the last 7 days: Quantization');
  });

  it.each(['antization', 'ten', 'te'])('matches words and their beginnings, so "%s" is in no topic', async (topic) => {
    await expect(ask(stores, `top 5 week ${topic}`, { list })).rejects.toThrow(/^No topic or title matches/);
  });

  it('prefers whole words to beginnings of words', async () => {
    await savePosted(stores, '2025-07-04', [
      { id: '2507.00031', topic: 'Graphs' },
      { id: '2507.00032', topic: 'Graph Neural Networks' },
    ]);
    expect(await idsOf('top month graph')).toEqual(['2507.00032']);
  });

  it('searches the titles if no topic matches, and says so', async () => {
    const lines = await answerTo('top week of 2507.00004');
    expect(lines[0]).toBe('Top 1 of the last 7 days: “of 2507.00004” in the title · foundations');
  });

  it.each([
    ['quantisation', 'Did you mean /arxiv top Quantization?'],
    ['yestreday', 'Did you mean /arxiv top yesterday?'],
    [
      'basketball',
      'the topics are Quantization, Sparse Attention. Type /arxiv search basketball to search all papers.',
    ],
  ])('suggests what to type for "%s"', async (topic, advice) => {
    await expect(ask(stores, `top week ${topic}`, { list })).rejects.toThrow(advice);
  });
});

describe('the order of a day', () => {
  const saveMoved = async () => {
    const papers = tuesday.map(({ id }) => paperOf(id));
    await stores.announcements.savePapers(papers);
    await stores.scores.saveRubric(rubricOf());
    const verdicts = tuesday.map(({ id, relevance = 9, novelty = 8 }) => verdictOf(id, relevance, novelty));
    const scores = await stores.scores.add(scoredBy, verdicts, postedAt);
    const nudge = { points: 2, words: 'you liked 5 papers on quantization' };
    const reason: PickReason = { kind: 'author', matches: [{ name: 'Ada First', basis: 'id' }] };
    const entries = [1, 0].flatMap((at, index) => {
      const [paper, score] = [papers[at], scores[at]];
      return paper && score ? [{ ...entryOf(index + 1, paper, score), ...(index === 0 ? { nudge, reason } : {}) }] : [];
    });
    await stores.digests.create(digestOf(entries, { date: '2025-07-08' }), postedAt, []);
  };

  it('is the posted order, with a note if votes or followed authors changed it', async () => {
    await saveMoved();
    expect(await idsOf('top')).toEqual(['2507.00004', '2507.00003']);
    expect((await answerTo('top')).slice(-1)).toEqual([
      'In posted order (followed authors first, moved by your votes). To sort by score, type /arxiv top 2025-07-08 by score. 2 papers in all. Scores are relevance + novelty, each from 1 to 10.',
    ]);
  });

  it('is by score on request, and the heading says so', async () => {
    await saveMoved();
    expect(await idsOf('top by score')).toEqual(['2507.00003', '2507.00004']);
    const lines = await answerTo('top by score');
    expect(lines[0]).toBe('Top 2 of Tuesday, 8 July 2025 by score · foundations');
    expect(lines.at(-1)).toBe('2 papers in all. Scores are relevance + novelty, each from 1 to 10.');
  });

  it('is by current score, with a note, if rescoring moved a paper', async () => {
    await save('2025-07-08', tuesday);
    expect((await answerTo('top')).at(-1)).toMatch(/^2 papers in all/);
    await stores.scores.add(scoredBy, [verdictOf('2507.00004', 10, 10)], postedAt);
    expect((await answerTo('top')).at(-1)).toMatch(/^Ordered by score, because papers were rescored\. 2 papers in all/);
  });
});

describe('a rescored paper', () => {
  it('ranks by its new score and shows both', async () => {
    await save('2025-07-08', tuesday);
    await stores.scores.add(scoredBy, [verdictOf('2507.00004', 10, 10)], postedAt);
    expect((await answerTo('top'))[1]).toBe(
      'Title of 2507.00004  8 + 7 → 10 + 10 (rescored)  Ada First, Ben Second · 2507.00004',
    );
  });

  it('ignores later scores of the built-in scorer', async () => {
    await save('2025-07-08', tuesday);
    await stores.scores.add(
      { ...scoredBy, engine: 'local', model: 'local-1' },
      [matchedAt('2507.00004', 1, 99.9)],
      postedAt,
    );
    expect(await idsOf('top')).toEqual(['2507.00003', '2507.00004']);
    expect((await answerTo('top')).join()).not.toContain('rescored');
  });
});

it('says how many papers were picked if fewer were posted', async () => {
  const twenty = Array.from({ length: 20 }, (_, index) => ({ id: `2507.${10_000 + index}`, relevance: 9, novelty: 8 }));
  await save('2025-07-08', twenty, 52);
  expect(await answerTo('top')).toContain(
    'The best 20 of 52 picked papers were posted; type /arxiv top 20 to see them.',
  );
  expect(await answerTo('top 20')).toContain('All posted papers are shown; 32 more papers were picked but not posted.');
});

it('asks for the channel if the destination has none', async () => {
  await expect(ask(stores, 'top', { list, channel: undefined })).rejects.toThrow('does not post here');
});
