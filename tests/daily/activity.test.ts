import { describe, expect, it } from 'vitest';
import { createActivity } from '../../src/daily/record.ts';

const idle = { phase: 'idle', scored: 0, toScore: 0, nextRun: undefined };
const at = new Date('2025-07-09T13:00:00Z');

describe('the activity of channels', () => {
  it('is idle without a next run for an unknown channel', () => {
    expect(createActivity().of('foundations')).toEqual(idle);
  });

  it('goes from collecting to scoring to posting, and back to idle', () => {
    const activity = createActivity();
    activity.began('foundations');
    expect(activity.of('foundations')).toEqual({ ...idle, phase: 'collecting' });
    activity.progress('foundations', 12, 120);
    expect(activity.of('foundations')).toEqual({ ...idle, phase: 'scoring', scored: 12, toScore: 120 });
    activity.progress('foundations', 120, 120);
    expect(activity.of('foundations')).toEqual({ ...idle, phase: 'posting' });
    activity.ended('foundations');
    expect(activity.of('foundations')).toEqual(idle);
  });

  it('waits only while a run waits for whoever works on the channel', () => {
    const activity = createActivity();
    activity.waits('foundations', 'process 7 on desk');
    expect(activity.of('foundations')).toEqual(idle);
    activity.began('foundations');
    activity.waits('foundations', 'process 7 on desk');
    expect(activity.of('foundations')).toEqual({ ...idle, phase: 'waiting', waitsFor: 'process 7 on desk' });
    activity.waits('foundations', undefined);
    expect(activity.of('foundations')).toEqual({ ...idle, phase: 'collecting' });
  });

  it('goes from posting back to scoring if a run has several digests', () => {
    const activity = createActivity();
    activity.began('foundations');
    activity.progress('foundations', 9, 9);
    activity.progress('foundations', 0, 30);
    expect(activity.of('foundations')).toMatchObject({ phase: 'scoring', scored: 0, toScore: 30 });
  });

  it('has the next run, except during a run', () => {
    const activity = createActivity();
    activity.next('foundations', at);
    expect(activity.of('foundations')).toEqual({ ...idle, nextRun: at });
    activity.began('foundations');
    expect(activity.of('foundations').nextRun).toBeUndefined();
    activity.ended('foundations');
    expect(activity.of('foundations')).toEqual({ ...idle, nextRun: at });
  });

  it('keeps channels apart', () => {
    const activity = createActivity();
    activity.began('foundations');
    activity.next('other', at);
    expect(activity.of('foundations').phase).toBe('collecting');
    expect(activity.of('other')).toEqual({ ...idle, nextRun: at });
  });

  it('is idle only after the last of two runs has ended', () => {
    const activity = createActivity();
    activity.began('foundations');
    activity.progress('foundations', 1, 2);
    activity.began('foundations');
    expect(activity.of('foundations').phase).toBe('scoring');
    activity.ended('foundations');
    expect(activity.of('foundations').phase).toBe('scoring');
    activity.ended('foundations');
    expect(activity.of('foundations').phase).toBe('idle');
  });

  it('ignores scoring outside a run', () => {
    const activity = createActivity();
    activity.progress('foundations', 1, 2);
    expect(activity.of('foundations')).toEqual(idle);
    activity.ended('foundations');
    activity.began('foundations');
    activity.progress('foundations', 1, 2);
    expect(activity.of('foundations').phase).toBe('scoring');
  });

  it('has another version after each change', () => {
    const activity = createActivity();
    const versions = new Set([activity.version()]);
    const steps = [
      () => activity.next('foundations', at),
      () => activity.began('foundations'),
      () => activity.waits('foundations', 'process 7 on desk'),
      () => activity.progress('foundations', 1, 2),
      () => activity.ended('foundations'),
    ];
    for (const step of steps) {
      step();
      versions.add(activity.version());
      expect(activity.version()).toBe(activity.version());
    }
    expect(versions.size).toBe(steps.length + 1);
  });
});
