import { describe, expect, it } from 'vitest';
import type { PostedPaper } from '../../../src/core/votes.ts';
import { fitPreferences } from '../../../src/scoring/votes/model.ts';
import { maxPoints } from '../../../src/scoring/votes/points.ts';

const now = new Date('2025-07-08T12:00:00Z');
const { signal } = new AbortController();

const subjects = {
  quantization: 'Weight quantization of transformers|We study quantization with few bits and its rounding errors.',
  diffusion: 'Diffusion samplers for images|We train a diffusion sampler that draws images from noise.',
  graphs: 'Message passing on molecular graphs|We pass messages on graphs of molecules.',
} as const;
type Subject = keyof typeof subjects;

let made = 0;
const paperOf = (subject: Subject, authors: string[] = [`Author ${made}`]) => {
  const [title = '', abstract = ''] = subjects[subject].split('|');
  made += 1;
  return {
    id: `2507.${String(made).padStart(5, '0')}`,
    version: 1,
    title: `${title} ${made}`,
    abstract,
    categories: ['cs.LG'],
    authors,
    topic: undefined,
  };
};

type Cast = [subject: Subject, vote?: 'up' | 'down', person?: string, at?: string];
const posted = (...casts: Cast[]): PostedPaper[] =>
  casts.map(([subject, vote, person = 'slack:T1:U1', at = '2025-07-07T12:00:00.000Z']) => ({
    date: at.slice(0, 10),
    paper: paperOf(subject),
    topic: undefined,
    votes: vote ? [{ person, vote, at }] : [],
  }));
const times = (count: number, ...cast: Cast): Cast[] => Array.from({ length: count }, () => cast);

const pointsOf = async (casts: Cast[], subject: Subject) => {
  const paper = paperOf(subject);
  return (await (await fitPreferences(posted(...casts), now, signal)).nudges([paper])).get(paper.id)?.points ?? 0;
};

const taste: Cast[] = [...times(15, 'quantization', 'up'), ...times(15, 'diffusion', 'down')];

describe('preferences', () => {
  it('move papers similar to liked ones up and to disliked ones down, within the limit', async () => {
    const [up, down] = [await pointsOf(taste, 'quantization'), await pointsOf(taste, 'diffusion')];
    expect(up).toBeGreaterThan(0.8);
    expect(down).toBeLessThan(-0.8);
    expect(Math.max(Math.abs(up), Math.abs(down))).toBeLessThanOrEqual(maxPoints);
  });

  it('explain the points by words of the papers and the number of papers', async () => {
    const paper = paperOf('quantization');
    const model = await fitPreferences(posted(...taste), now, signal);
    expect((await model.nudges([paper])).get(paper.id)?.words).toMatch(
      /^you liked 15 papers on (weight |transformers|quantization|rounding|bits)/,
    );
    expect(
      model
        .tastes()
        .liked.map(({ words }) => words)
        .join(),
    ).toMatch(/quantization/);
    expect(
      model
        .tastes()
        .disliked.map(({ words }) => words)
        .join(),
    ).toMatch(/diffusion|sampler/);
    expect(model.tastes().liked[0]).toMatchObject({ liked: 15, disliked: 0 });
    expect(model).toMatchObject({ votes: 30, voters: 1 });
  });

  it('leave papers in place that share nothing with the voted ones', async () => {
    expect(await pointsOf(times(20, 'quantization', 'up'), 'graphs')).toBe(0);
    expect(Math.abs(await pointsOf(times(20, 'quantization', 'down'), 'graphs'))).toBeLessThan(0.1);
    expect(Math.abs(await pointsOf(taste, 'graphs'))).toBeLessThan(0.1);
  });

  it('move only papers like the one with a 👎, and move none down without a 👎', async () => {
    const ups: Cast[] = [...times(10, 'quantization', 'up'), ...times(10, 'diffusion', 'up')];
    const movesAfter = async (casts: Cast[]) => {
      const candidates = [
        ...Array.from({ length: 6 }, () => paperOf('quantization')),
        ...Array.from({ length: 6 }, () => paperOf('diffusion')),
        paperOf('graphs'),
      ];
      const nudges = await (await fitPreferences(posted(...casts), now, signal)).nudges(candidates);
      return candidates.map(({ id }) => nudges.get(id)?.points ?? 0);
    };
    const [last, ...others] = (await movesAfter([...ups, ['graphs', 'down']])).reverse();
    expect(last).toBeLessThan(-0.4);
    for (const points of others) expect(Math.abs(points)).toBeLessThan(0.1);
    for (const points of await movesAfter(ups)) expect(points).toBeGreaterThanOrEqual(0);
  });

  it('do not move papers of the usual kind, even if it is liked', async () => {
    const usual = Array.from({ length: 20 }, () => paperOf('quantization'));
    const model = await fitPreferences(posted(...times(20, 'quantization', 'up')), now, signal);
    expect([...(await model.nudges(usual)).values()]).toEqual([]);
  });

  it('predict the chance of a 👍 from 30 votes on', async () => {
    const chancesAfter = async (count: number) => {
      const casts = [...times(count / 2, 'quantization', 'up'), ...times(count / 2, 'diffusion', 'down')];
      const [liked, disliked] = [paperOf('quantization'), paperOf('diffusion')];
      const nudges = await (await fitPreferences(posted(...casts), now, signal)).nudges([liked, disliked]);
      return [nudges.get(liked.id)?.chance, nudges.get(disliked.id)?.chance];
    };
    expect(await chancesAfter(28)).toEqual([undefined, undefined]);
    const [liked = 0, disliked = 1] = await chancesAfter(30);
    expect(liked).toBeGreaterThan(0.7);
    expect(disliked).toBeLessThan(0.3);
  });

  it('name topics before words, and pairs of words before single words', async () => {
    const votes = [{ person: 'slack:T1:U1', vote: 'up', at: '2025-07-07T12:00:00.000Z' }] as const;
    const liked = (topic: string | undefined): PostedPaper[] =>
      Array.from({ length: 8 }, () => ({ date: '2025-07-07', paper: paperOf('quantization'), topic, votes }));
    const whyOf = async (topic: string | undefined) => {
      const model = await fitPreferences([...liked(topic), ...posted(...times(8, 'graphs', 'down'))], now, signal);
      const paper = { ...paperOf('quantization'), topic };
      return (await model.nudges([paper])).get(paper.id)?.words;
    };
    expect(await whyOf('Compression')).toMatch(/^you liked 8 papers on Compression/);
    expect(await whyOf(undefined)).toMatch(/^you liked 8 papers on weight quantization/);
  });

  it('do not name words of a single voted paper', async () => {
    const casts: Cast[] = [['quantization', 'up'], ...times(8, 'graphs', 'down')];
    const paper = paperOf('quantization');
    const words = (await (await fitPreferences(posted(...casts), now, signal)).nudges([paper])).get(paper.id)?.words;
    expect(words).toBe('it is similar to papers you liked');
  });

  it('learn a liked topic, independent of words', async () => {
    const on = (topic: string, vote: 'up' | 'down'): PostedPaper[] =>
      posted(...times(8, 'graphs', vote)).map((one) => ({ ...one, topic }));
    const model = await fitPreferences([...on('Sparsity', 'up'), ...on('Chemistry', 'down')], now, signal);
    const paper = { ...paperOf('graphs'), topic: 'Sparsity' };
    expect((await model.nudges([paper])).get(paper.id)?.words).toBe('you liked 8 papers on Sparsity');
    expect((await model.nudges([paper])).get(paper.id)?.points).toBeGreaterThan(0.3);
    expect(model.tastes().liked[0]).toMatchObject({ words: 'Sparsity', liked: 8, disliked: 0 });
  });

  it('learn a liked author', async () => {
    const votes = [{ person: 'slack:T1:U1', vote: 'up', at: '2025-07-07T12:00:00.000Z' }] as const;
    const liked = Array.from({ length: 10 }, (): PostedPaper => {
      return { date: '2025-07-07', paper: paperOf('graphs', ['Ada Example']), topic: undefined, votes };
    });
    const others = posted(...times(10, 'graphs', 'down'));
    const model = await fitPreferences([...liked, ...others], now, signal);
    const [hers, other] = [paperOf('graphs', ['Ada Example']), paperOf('graphs', ['Bo Other'])];
    const nudges = await model.nudges([hers, other]);
    expect(nudges.get(hers.id)?.points ?? 0).toBeGreaterThan(nudges.get(other.id)?.points ?? 0);
    expect(nudges.get(hers.id)?.words).toBe('you liked 10 papers by Ada Example');
  });

  it('have a lower limit below 30 votes', async () => {
    const bounds = await Promise.all(
      [1, 5, 10, 31, 60].map(
        async (count) => (await fitPreferences(posted(...times(count, 'graphs', 'up')), now, signal)).bounds.up,
      ),
    );
    expect(bounds.toSorted((a, b) => a - b)).toEqual(bounds);
    expect(bounds[0]).toBeLessThanOrEqual(0.1);
    expect(bounds.at(-1)).toBe(maxPoints);
    expect(await pointsOf([], 'graphs')).toBe(0);
  });

  it('add points only after a 👍, and subtract points only after a 👎', async () => {
    const boundsAfter = async (up: number, down: number) => {
      const casts = [...times(up, 'quantization', 'up'), ...times(down, 'diffusion', 'down')];
      return (await fitPreferences(posted(...casts), now, signal)).bounds;
    };
    expect((await boundsAfter(200, 0)).down).toBe(0);
    expect((await boundsAfter(0, 10)).up).toBe(0);
    expect((await boundsAfter(20, 1)).down).toBeCloseTo(0.6, 1);
    expect((await boundsAfter(0, 10)).down).toBeCloseTo(1, 1);
    expect(await boundsAfter(40, 31)).toEqual({ up: maxPoints, down: maxPoints });
  });

  it('count less with age', async () => {
    const old = taste.map(([subject, vote]): Cast => [subject, vote, 'slack:T1:U1', '2025-01-07T12:00:00.000Z']);
    expect(await pointsOf(old, 'quantization')).toBeLessThan((await pointsOf(taste, 'quantization')) / 1.5);
  });

  it('count a missing vote far less than a 👎', async () => {
    const liked = times(10, 'quantization', 'up');
    const silent = await pointsOf([...liked, ...times(10, 'diffusion')], 'diffusion');
    const disliked = await pointsOf([...liked, ...times(10, 'diffusion', 'down')], 'diffusion');
    expect(silent).toBeLessThanOrEqual(0);
    expect(disliked).toBeLessThan(1.5 * silent - 0.1);
  });

  it('do not let one person with many votes outvote several people', async () => {
    const loud = times(200, 'diffusion', 'up', 'slack:T1:loud');
    const several = ['a', 'b', 'c', 'd'].flatMap((name) => times(8, 'diffusion', 'down', `slack:T1:${name}`));
    const others = ['a', 'b', 'c', 'd', 'loud'].flatMap((name) => times(8, 'quantization', 'up', `slack:T1:${name}`));
    expect(await pointsOf([...loud, ...several, ...others], 'diffusion')).toBeLessThan(0);
  });

  it('follow a change of mind', async () => {
    const later = '2025-07-08T10:00:00.000Z';
    const turned: Cast[] = [
      ...times(20, 'quantization', 'down', 'slack:T1:U1', later),
      ...times(20, 'diffusion', 'up', 'slack:T1:U1', later),
    ];
    expect(await pointsOf([...taste, ...turned], 'diffusion')).toBeGreaterThan(0.5);
    expect(await pointsOf([...taste, ...turned], 'quantization')).toBeLessThan(-0.5);
  });

  it('are deterministic for 500 votes', async () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${((index * 7919) % 3_000).toString(36)}x`);
    const many = Array.from({ length: 500 }, (_, index): PostedPaper => {
      const abstract = Array.from({ length: 150 }, (_, at) => words[(index * 31 + at * (1 + (index % 13))) % 3_000]);
      const vote = index % 3 === 0 ? ('up' as const) : ('down' as const);
      const paper = { ...paperOf('graphs'), abstract: abstract.join(' ') };
      return {
        date: '2025-07-07',
        paper,
        topic: undefined,
        votes: [{ person: `slack:T1:${index % 5}`, vote, at: now.toISOString() }],
      };
    });
    const candidates = many.slice(0, 20).map(({ paper, topic }) => ({ ...paper, topic }));
    const first = await (await fitPreferences(many, now, signal)).nudges(candidates);
    const again = await fitPreferences(many, now, signal);
    expect(await again.nudges(candidates)).toEqual(first);
  });

  it('stop when aborted', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(fitPreferences(posted(...taste), now, stopped)).rejects.toThrow('stopped');
  });
});
