import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSchedule, scheduleText } from '../../commands/shared/schedule-words.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { grammarProblems } from '../../src/chat/language/grammar.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';
import { changing, changingChannels, pressed, reader, talk } from './changing.ts';
import { linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

describe('the words of a schedule', () => {
  it.each([
    ['0 9 * * 1-5', 'on weekdays at 09:00'],
    ['30 8 * * 1,3,5', 'on Monday, Wednesday and Friday at 08:30'],
    ['0 18 * * *', 'every day at 18:00'],
    ['5 7 * * 0,1', 'on Monday and Sunday at 07:05'],
    ['0 9 * * 7', 'on Sunday at 09:00'],
    ['0 9 * * SUN-MON', 'on Monday and Sunday at 09:00'],
    ['0 9 1 * *', 'on the cron schedule 0 9 1 * *'],
    ['*/5 9 * * 1', 'on the cron schedule */5 9 * * 1'],
  ])('%s is %s', (cron, words) => {
    expect(scheduleText(cron)).toBe(words);
  });

  it.each([
    ['9:00', '0 9 * * 2,4'],
    ['9.30', '30 9 * * 2,4'],
    ['9 pm', '0 21 * * 2,4'],
    ['12am', '0 0 * * 2,4'],
    ['weekdays 9:00', '0 9 * * 1-5'],
    ['Weekdays at 9:00', '0 9 * * 1-5'],
    ['daily 18:05', '5 18 * * *'],
    ['every day at 7:00', '0 7 * * *'],
    ['mon,wed,fri 8:30', '30 8 * * 1,3,5'],
    ['Monday, Wednesday and Friday at 8:30', '30 8 * * 1,3,5'],
    ['mon-fri 9:00', '0 9 * * 1-5'],
    ['on Mondays 9am', '0 9 * * 1'],
    ['0 9 * * 1-5', '0 9 * * 1-5'],
    ['"0  9 * * MON"', '0 9 * * MON'],
  ])('reads "%s"', (input, cron) => {
    expect(readSchedule(input, '0 6 * * 2,4')).toBe(cron);
  });

  it.each(['soon', '25:00', '9:60', '13 pm', 'mo 9:00', 'weekdays', 'mon-tue-wed 9:00', ':', ''])(
    'refuses "%s"',
    (input) => {
      expect(() => readSchedule(input, '0 9 * * 1-5')).toThrow(UserError);
    },
  );
});

describe('schedule, pause and resume', () => {
  it('shows and changes the schedule', async () => {
    const channels = await changingChannels(stores);
    const { lines, message } = await talk(stores, { channels });
    expect((await lines('schedule'))[0]).toBe('foundations posts on weekdays at 09:00 (America/New_York).');
    const question = await message('schedule mon,wed,fri 8:30');
    expect(linesOf(question)[0]).toBe(
      'Change when foundations posts? Now: on weekdays at 09:00 (America/New_York). New: on Monday, Wednesday and Friday at 08:30 (America/New_York).',
    );
    expect(channels.find('foundations')?.schedule).toBe('0 9 * * 1-5');
    expect((await lines(pressed(question, 'Change')))[0]).toBe(
      'foundations now posts on Monday, Wednesday and Friday at 08:30 (America/New_York). It used to post on weekdays at 09:00.',
    );
    expect(channels.find('foundations')?.schedule).toBe('30 8 * * 1,3,5');
    expect((await lines('schedule mon,wed,fri 8:30'))[0]).toContain('foundations already posts');
    await expect(lines('schedule 99 9 * * 1')).rejects.toThrow('The schedule:');
    await expect(lines('schedule soon')).rejects.toThrow('weekdays 9:00');
  });

  it('pauses and resumes, once each', async () => {
    const channels = await changingChannels(stores);
    const { message, lines } = await talk(stores, { channels });
    const paused = await message('pause');
    expect(channels.find('foundations')?.isPaused).toBe(true);
    expect((await lines('pause'))[0]).toBe('foundations is already paused.');
    expect((await lines('schedule'))[0]).toContain('It is paused.');
    expect(linesOf(await message(pressed(paused, 'Resume')))[0]).toContain('foundations is no longer paused');
    expect((await lines('resume'))[0]).toContain('foundations is not paused');
    expect(await stores.changes.list('foundations', 'pause')).toHaveLength(2);
  });

  it.each(['schedule 9:00', 'pause', 'resume', 'history'])('"%s" is for managers', async (text) => {
    const { lines } = await talk(stores, { person: reader });
    await expect(lines(text)).rejects.toThrow('Only the managers of foundations and the admins');
  });

  it('tells everybody the schedule', async () => {
    const { lines } = await talk(stores, { person: reader });
    expect((await lines('schedule'))[0]).toContain('foundations posts');
  });
});

describe('history', () => {
  it('shows the newest changes, and more on a button', async () => {
    const { lines, message } = await talk(stores);
    await lines('pause');
    await lines('resume');
    await lines('follow Ada Example id none');
    const shown = await message('history 2');
    const when = 'Tue, 8 July 2025, 09:00, you';
    expect(linesOf(shown).slice(1, 3)).toEqual([
      `${when}: changed the followed authors to Ada Example`,
      `${when}: resumed posting`,
    ]);
    expect((await lines(pressed(shown, 'More')))[3]).toBe(`${when}: paused posting`);
  });

  it('shows a retracted and remade digest', async () => {
    const { lines } = await talk(stores);
    for (const action of ['retract', 'anew'] as const)
      await stores.changes.add({
        ...{ at: '2025-07-08T13:00:00Z', person: 'console:local:paperboy', channel: 'foundations', action },
        value: { date: '2025-07-07' },
      });
    const when = 'Tue, 8 July 2025, 09:00, paperboy on the terminal';
    expect((await lines('history')).slice(1, 3)).toEqual([
      `${when}: remade the digest of 7 July 2025`,
      `${when}: retracted the digest of 7 July 2025`,
    ]);
  });

  it('leaves out pending edits, what was done to them, and questions', async () => {
    const { lines } = await talk(stores);
    const by = { at: '2025-07-08T13:00:00Z', person: reader };
    const value = { topics: '', cutoffs: '', base: '' };
    const draft = { ...by, channel: 'foundations', action: 'topics-draft', value } as const;
    const { changeId } = await stores.changes.add(draft);
    await stores.changes.undo(changeId, by);
    await stores.changes.add({ ...by, channel: 'foundations', action: 'ask', value: { paper: '2507.00001' } });
    expect((await lines('history'))[0]).toContain('Nobody has changed foundations in chat.');
  });
});

describe('the commands that change things', () => {
  it('follow the grammar', () => {
    expect(grammarProblems(changing)).toEqual([]);
  });
});
