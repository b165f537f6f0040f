import { describe, expect, it } from 'vitest';
import type { Sampling, ScreenedDay } from '../../../src/core/screening.ts';
import { beliefFrom, lineFor, measureRecall } from '../../../src/scoring/screening/belief.ts';
import { isSampled, probabilityOf, sampling } from '../../../src/scoring/screening/sample.ts';
import { createSequence } from '../built-in/papers.ts';

const target = 0.98;

/** Positions of a day's picks whose share below x is (1 - x)^power. */
const picksOf = (power: number, count: number, next: () => number): number[] =>
  Array.from({ length: count }, () => 1 - (1 - next()) ** (1 / power));

/** What a bot sees of a day: the picks above the line and those in the sample. */
const seenOf = (picks: readonly number[], line: number, name: string, sample: Sampling = sampling): ScreenedDay => ({
  ...{ line, sampling: sample },
  picks: picks.filter((position, at) => isSampled(`${name}.${at}`, probabilityOf(position, line, sample))),
});

type Rule = { lineOf(past: readonly ScreenedDay[]): number; sampling: Sampling };

const today: Rule = { lineOf: (past) => lineFor(beliefFrom(past.slice(-20)), target), sampling };

/** The rule of earlier versions: the share that keeps the target among the known picks of ten days, a flat sample. */
const flat = { near: 0.05, reach: 1, far: 0.05 };
const before: Rule = {
  sampling: flat,
  lineOf(past) {
    if (past.length < 15) return 1;
    const known = past
      .slice(-10)
      .flatMap(({ line, picks }) => picks.map((position) => ({ position, weight: position > line ? 20 : 1 })))
      .sort((a, b) => a.position - b.position);
    const total = known.reduce((sum, { weight }) => sum + weight, 0);
    let kept = 0;
    for (const { position, weight } of known) {
      kept += weight;
      if (kept / (total + 1) >= target) return position > 0.9 ? 1 : position;
    }
    return 1;
  },
};

/**
 * Screens days in turn, each with the line that the days before it ask for.
 * @param powerOn Steepness of the ranking on a day.
 */
const screen = (
  count: number,
  powerOn: (day: number) => number,
  { picksADay = 25, rule = today, seed = 7 }: { picksADay?: number; rule?: Rule; seed?: number } = {},
) => {
  const next = createSequence(seed);
  const past: ScreenedDay[] = [];
  const lines: number[] = [];
  const recalls: { picks: number; kept: number }[] = [];
  for (let day = 0; day < count; day += 1) {
    const line = rule.lineOf(past);
    const picks = picksOf(powerOn(day), picksADay, next);
    const seen = seenOf(picks, line, `day ${day}`, rule.sampling);
    past.push(seen);
    lines.push(line);
    recalls.push({ picks: picks.length, kept: seen.picks.length });
  }
  const recallOf = (from: number, to = count): number => {
    const days = recalls.slice(from, to);
    return days.reduce((sum, { kept }) => sum + kept, 0) / days.reduce((sum, { picks }) => sum + picks, 0);
  };
  return { past, lines, recallOf };
};

describe('the line', () => {
  it('reads a bit more than half of the first day', () => {
    const line = lineFor(beliefFrom([]), target);
    expect(line).toBeGreaterThan(0.5);
    expect(line).toBeLessThan(0.6);
  });

  it('is lower on the page for a higher target', () => {
    const belief = beliefFrom(screen(5, () => 6).past);
    const lines = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995].map((each) => lineFor(belief, each));
    for (const [at, line] of lines.entries()) expect(line).toBeGreaterThanOrEqual(lines[at - 1] ?? 0);
    expect(lines.at(-1)).toBeGreaterThan(lines[0] ?? 1);
  });

  it('rises as a good ranking proves itself, and falls for a poor one', () => {
    const first = lineFor(beliefFrom([]), target);
    const [good, poor] = [screen(15, () => 15), screen(15, () => 2.5)];
    expect(good.lines.at(-1)).toBeLessThan(first - 0.15);
    expect(poor.lines.at(-1)).toBeGreaterThan(first + 0.15);
    expect(good.lines.at(-1)).toBeGreaterThanOrEqual(0.28);
  });

  it('reads more of a day while fewer picks are known', () => {
    const [few, many] = [3, 40].map((picks) => screen(15, () => 8, { picksADay: picks }).lines.at(-1) ?? 0);
    expect(few).toBeGreaterThan(many ?? 1);
  });

  it.each([3, 4.5, 6, 10, 20])('keeps the target for a ranking with power %d', (power) => {
    const { recallOf, lines } = screen(40, () => power);
    expect(recallOf(0)).toBeGreaterThanOrEqual(0.975);
    expect(Math.min(...lines.slice(5))).toBeLessThan(1);
  });

  it.each([8, 10])('keeps the target if the ranking gets worse, unlike the rule before (seed %d)', (seed) => {
    const powerOn = (day: number) => (day < 20 ? 6 : 3);
    const [now, earlier] = [today, before].map((rule) => screen(80, powerOn, { rule, seed }).recallOf(30));
    expect(now).toBeGreaterThanOrEqual(0.98);
    expect(earlier).toBeLessThan(0.95);
  });

  it('counts days and picks the same in any order within a day', () => {
    const [day] = screen(1, () => 6).past;
    if (!day) throw new Error('no day');
    const reversed = { ...day, picks: day.picks.toReversed() };
    expect(lineFor(beliefFrom([reversed]), target)).toBe(lineFor(beliefFrom([day]), target));
  });

  it('is unchanged by days without picks', () => {
    const { past } = screen(3, () => 6);
    const empty = { line: 0.5, picks: [], sampling };
    expect(lineFor(beliefFrom([empty, ...past]), target)).toBe(lineFor(beliefFrom(past), target));
  });
});

describe('the measured recall', () => {
  it('needs five days and fifty picks', () => {
    const { past } = screen(10, () => 6, { picksADay: 12 });
    expect(measureRecall(past.slice(0, 4))).toBeUndefined();
    expect(measureRecall(screen(10, () => 6, { picksADay: 4 }).past)).toBeUndefined();
    expect(measureRecall(past)).toBeDefined();
  });

  it('has an interval with the real recall, which is narrower after more picks', () => {
    const widths = [8, 40].map((picksADay) => {
      const { past, recallOf } = screen(20, () => 5, { picksADay });
      const { recall, low, high } = measureRecall(past) ?? { recall: 0, low: 0, high: 0 };
      expect(low).toBeLessThan(recall);
      expect(high).toBeGreaterThanOrEqual(recall);
      expect(high).toBeLessThanOrEqual(1);
      expect(recallOf(0)).toBeGreaterThanOrEqual(low);
      expect(recallOf(0)).toBeLessThanOrEqual(high);
      return high - low;
    });
    expect(widths[1]).toBeLessThan(widths[0] ?? 0);
  });

  it('is nearly 1 if whole days were read', () => {
    const next = createSequence(5);
    const past = Array.from({ length: 6 }, () => ({ line: 1, sampling, picks: picksOf(6, 20, next) }));
    expect(measureRecall(past)).toMatchObject({ recall: expect.closeTo(1, 9), low: 1, high: 1 });
  });

  it('is measured with very many picks too', () => {
    const next = createSequence(5);
    const past = Array.from({ length: 20 }, (_, day) => seenOf(picksOf(3, 400, next), 0.4, `day ${day}`));
    const { recall = 0, low = 0, high = 0 } = measureRecall(past) ?? {};
    expect(recall).toBeGreaterThan(0.75);
    expect(recall).toBeLessThan(0.85);
    expect(high - low).toBeGreaterThan(0.01);
    expect(high - low).toBeLessThan(0.1);
  });

  it('holds the real recall in nine of ten runs', () => {
    const runs = Array.from({ length: 20 }, (_, seed) => {
      const { past, recallOf } = screen(20, () => 3 + (seed % 8), { seed, picksADay: 10 });
      const { low, high } = measureRecall(past) ?? { low: 1, high: 0 };
      return recallOf(0) >= low && recallOf(0) <= high;
    });
    expect(runs.filter(Boolean).length).toBeGreaterThanOrEqual(18);
  });

  it('shows a loss although the lost picks are unknown', () => {
    const next = createSequence(3);
    const past = Array.from({ length: 20 }, (_, day) => seenOf(picksOf(3, 25, next), 0.4, `day ${day}`));
    const measured = measureRecall(past);
    // Of the picks, 0.6³ are below the line.
    expect(measured?.recall).toBeLessThan(0.9);
    expect(measured?.high).toBeLessThan(0.95);
  });
});
