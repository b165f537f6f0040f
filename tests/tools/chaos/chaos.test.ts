import { describe, expect, it } from 'vitest';
import { makeDay } from '../../../tools/chaos/day.ts';
import { type Fault, planDay } from '../../../tools/chaos/faults.ts';
import { createRandom } from '../../../tools/evaluation/metrics.ts';

describe('a day with faults', () => {
  it('has the same faults for the same seed, and every kind of fault with some seed', () => {
    const days = Array.from({ length: 60 }, (_, seed) => planDay(createRandom(seed), 8));
    expect(days).toEqual(Array.from({ length: 60 }, (_, seed) => planDay(createRandom(seed), 8)));
    const kinds = new Set(days.flatMap(({ faults }) => faults.map(({ kind }: Fault) => kind)));
    expect([...kinds].sort()).toEqual(['clocks', 'drop', 'kill', 'lose-log', 'pause', 'restore']);
    expect(new Set(days.map(({ historyLagMs }) => historyLagMs))).toEqual(new Set([0, 8_000]));
    for (const { faults } of days) {
      expect(faults.length).toBeGreaterThan(0);
      for (const fault of faults) if ('at' in fault) expect(fault.at).toSatisfy((at: number) => at >= 1 && at <= 8);
    }
  });

  it('begins with a frozen run if there are containers', () => {
    const [first, ...others] = planDay(createRandom(1), 8, true).faults;
    expect(first?.kind).toBe('freeze');
    expect(others.length).toBeGreaterThan(0);
  });

  it('loses nothing and posts nothing twice', async () => {
    expect(await makeDay(1, 'discord')).toMatchObject({ lost: 0, twice: 0, silent: 0 });
  });
});
