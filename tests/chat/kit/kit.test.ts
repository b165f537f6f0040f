import { describe, expect, it } from 'vitest';
import { createProcessMemory } from '../../../db/sqlite/process-memory.ts';
import { createBackground } from '../../../src/chat/kit/background.ts';
import { chartLines } from '../../../src/chat/kit/chart.ts';
import { chunksOf, largestAccepted } from '../../../src/chat/kit/fit.ts';
import { createProgress } from '../../../src/chat/kit/progress.ts';
import { lateForm } from '../../../src/chat/kit/replies.ts';
import { createSeen } from '../../../src/chat/kit/seen.ts';
import { textMessage } from '../../../src/core/message.ts';
import { createSteppingClock } from '../../fakes/clock.ts';

const clockNow = () => createSteppingClock('2025-07-08T13:00:00Z');

describe('background work', () => {
  it('reports failures, and finishes before the bot closes', async () => {
    const errors: unknown[] = [];
    const background = createBackground(clockNow(), (error, what) => errors.push([String(error), what]));
    const held = Promise.withResolvers<void>();
    let isDone = false;
    void background.run(
      held.promise.then(() => {
        isDone = true;
      }),
      'command',
    );
    await background.run(Promise.reject(new Error('no')), 'reaction');
    expect(errors).toEqual([['Error: no', 'reaction']]);
    held.resolve();
    await background.finish(1_000);
    expect(isDone).toBe(true);
  });

  it('is not awaited beyond its limit', async () => {
    const clock = clockNow();
    const background = createBackground(clock, () => {});
    void background.run(new Promise(() => {}), 'command');
    await background.finish(1_000);
    expect(clock.slept).toEqual([1_000]);
  });
});

describe('a seen set', () => {
  it('recognizes a repeated id, and forgets the oldest', async () => {
    const isNew = createSeen(10);
    expect(await Promise.all([isNew('a'), isNew('a'), isNew('b')])).toEqual([true, false, true]);
    for (let index = 0; index < 30; index += 1) await isNew(`c${index}`);
    expect(await isNew('a')).toBe(true);
  });

  it('recognizes an id that another process received, and goes on without the database', async () => {
    const memory = createProcessMemory();
    const [one, other, elsewhere] = ['slack event', 'slack event', 'mention'].map((kind) =>
      createSeen(10, { memory, kind }),
    );
    expect(await one?.('a')).toBe(true);
    expect(await other?.('a')).toBe(false);
    expect(await elsewhere?.('a')).toBe(true);
    const away = createSeen(10, { memory: { claim: () => Promise.reject(new Error('away')) }, kind: 'slack event' });
    expect([await away('a'), await away('a')]).toEqual([true, false]);
  });
});

describe('progress', () => {
  const progressOf = (pauses: readonly (number | undefined)[], show = async (_: string) => {}) => {
    const clock = clockNow();
    const shown: string[] = [];
    const errors: unknown[] = [];
    const progress = createProgress({
      async show({ summary }) {
        shown.push(summary);
        await show(summary);
      },
      pauseAfter: (count) => pauses[count - 1],
      onError: (error) => errors.push(error),
      clock,
    });
    return { clock, shown, errors, ...progress };
  };

  it('shows the first message at once, then the newest after each pause', async () => {
    const { clock, shown, tell, end } = progressOf([1_000, 1_000, 1_000]);
    for (const text of ['1', '2', '3']) await tell(textMessage(text));
    await expect.poll(() => shown).toEqual(['1', '3']);
    expect(clock.slept[0]).toBe(1_000);
    await end();
    await tell(textMessage('4'));
    expect(shown).toEqual(['1', '3']);
  });

  it('is limited to what the platform allows', async () => {
    const { shown, tell } = progressOf([undefined]);
    await tell(textMessage('1'));
    await expect.poll(() => shown).toEqual(['1']);
    await tell(textMessage('2'));
    expect(shown).toEqual(['1']);
  });

  it('ends with the first failure, which is reported once', async () => {
    const { errors, shown, tell, end } = progressOf([0], async () => {
      throw new Error('refused');
    });
    await tell(textMessage('1'));
    await end();
    await tell(textMessage('2'));
    expect(shown).toEqual(['1']);
    expect(errors).toEqual([new Error('refused')]);
  });

  it('ends before the answer is sent', async () => {
    const held = Promise.withResolvers<void>();
    let isOver = false;
    const { tell, end } = progressOf([0], () => held.promise);
    await tell(textMessage('1'));
    const ending = end().then(() => {
      isOver = true;
    });
    expect(isOver).toBe(false);
    held.resolve();
    await ending;
    expect(isOver).toBe(true);
  });
});

describe('fitting', () => {
  it('finds the largest value that is accepted', () => {
    for (const limit of [1, 2, 17, 99, 100]) expect(largestAccepted(1, 100, (value) => value <= limit)).toBe(limit);
    expect(largestAccepted(5, 100, () => false)).toBe(5);
  });

  it('divides a list into chunks', () => {
    expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunksOf([], 2)).toEqual([]);
  });
});

describe('a chart', () => {
  const widths = { label: 6, bar: 4, value: 10 };

  it('has a column each for labels, bars and values', () => {
    const bars = [
      { label: 'Mon', value: 8, shown: '8 papers' },
      { label: 'Wednesday', value: 0.01, shown: '1' },
      { label: '', value: 0, shown: 'none' },
    ];
    expect(chartLines({ title: 'Papers', bars }, widths)).toEqual([
      'Mon    ████ 8 papers',
      'Wedne… ▏           1',
      '                none',
    ]);
  });

  it('shows no bar for values that are not numbers', () => {
    const bars = [{ label: 'x', value: Number.NaN, shown: '?' }];
    expect(chartLines({ title: '', bars }, widths)).toEqual(['x ?']);
    expect(chartLines({ title: '', bars: [] }, widths)).toEqual([]);
  });
});

describe('a form that comes too late', () => {
  const form = { title: 'Edit topics', fields: [], submit: { label: 'Save', command: 'topics save' } };

  it('becomes a button that sends the command again', () => {
    expect(lateForm(form, 'topics edit').blocks).toMatchObject([
      { content: ['The form “Edit topics” could not be opened. Press the button to try again.'] },
      { buttons: [{ label: 'Open form', command: 'topics edit' }] },
    ]);
  });

  it('becomes a sentence if the command cannot be sent again', () => {
    const sentence = 'The form “Edit topics” could not be opened. Please send the command again.';
    expect(lateForm(form, undefined).summary).toBe(sentence);
    expect(lateForm(form, 'x'.repeat(100)).summary).toBe(sentence);
  });
});
