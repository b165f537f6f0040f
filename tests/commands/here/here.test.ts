import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import { ExternalError } from '../../../src/core/errors.ts';
import { maxValueLength } from '../../../src/core/message.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { changingChannels, manager, pressed, reader, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const destination = 'slack:T1:C9';
const fields = {
  name: 'vision-team',
  categories: 'cs.CV; cs.LG',
  topics: '# Vision\r\n\r\n- Relevant: all',
  timezone: 'Europe/Berlin',
  papersPerDay: '10',
};

const draft = async (channel: Channel) =>
  digestOf([entryOf(1, paperOf('1'), scoreOf('1', 9, 8))], { channel: channel.name, date: '2025-07-08' });

const start = async () => {
  const channels = await changingChannels(stores);
  const progress: string[] = [];
  const asking = { channel: undefined, destination, admins: [manager], services: { draft } };
  const one = await talk(stores, { channels, ...asking, progress: ({ summary }) => progress.push(summary) });
  return { channels, one, progress };
};

describe('here', () => {
  it('shows a form with starter topics that fits every platform', async () => {
    const { one } = await start();
    const form = await one.form('here');
    expect(form.fields.map(({ name }) => name)).toEqual([
      ...['name', 'categories', 'topics', 'timezone', 'papersPerDay'],
    ]);
    expect(form.fields[2]?.value).toContain('## Model Compression');
    expect(form.fields[2]?.value?.length).toBeLessThan(maxValueLength);
    expect(form.fields[3]?.value).toBe('America/New_York');
    expect(form.title.length).toBeLessThanOrEqual(24);
  });

  it('shows a preview first and starts on a button', async () => {
    const { channels, one, progress } = await start();
    const { submit } = await one.form('here');
    const shown = await one.message(submit.command, { fields });
    expect(linesOf(shown).slice(0, 4)).toEqual([
      'vision-team, not started yet',
      'It will read cs.CV and cs.LG and post at most 10 papers a day. It will post here on weekdays at 09:00 (Europe/Berlin).',
      expect.stringContaining('Preview of Tuesday, 8 July 2025: 1 of 12 papers picked'),
      'Title of 1  9 + 8  Ada First, Ben Second · 1',
    ]);
    expect(progress).toEqual(['Reading the newest papers in cs.CV and cs.LG …']);
    expect(channels.find('vision-team')).toBeUndefined();
    const started = await one.message(pressed(shown, 'Start'));
    expect(linesOf(started)[0]).toContain('vision-team now posts here. It posts on weekdays at 09:00 (Europe/Berlin)');
    expect(channels.find('vision-team')).toMatchObject({
      ...{ post: [destination], categories: ['cs.CV', 'cs.LG'], timezone: 'Europe/Berlin' },
      rubric: { topics: '# Vision\n\n- Relevant: all' },
    });
    await expect(one.message(pressed(shown, 'Start'))).rejects.toThrow('already started');
    expect(await one.lines('history', { channel: 'vision-team' })).toContain(
      'Tue, 8 July 2025, 15:00, you: set up Paperboy here',
    );
  });

  it.each([
    [{ name: 'two words' }, 'The name:'],
    [{ name: 'Foundations' }, 'There is already a channel named Foundations'],
    [{ categories: ' , ' }, 'Enter at least one arXiv category'],
    [{ categories: 'vision' }, 'The categories: "vision" is not an arXiv category; use one such as'],
    [{ categories: 'cs.CV, cs.ML' }, 'The categories: "cs.ML" is not an arXiv category; did you mean "stat.ML"?'],
    [{ categories: 'stat.ZZ' }, 'stat has AP, CO, ME, ML, OT and TH; use one such as stat.ML. Your input is kept.'],
    [{ timezone: 'Berlin time' }, 'The time zone:'],
    [{ topics: ' ' }, 'The topics are empty'],
    [{ papersPerDay: '99' }, 'Enter a whole number from 1 to 20 as papers per day. Your input is kept.'],
    [{ papersPerDay: 'many' }, 'Write the papers per day as a whole number, such as 10. Your input is kept.'],
  ])('says what is wrong and keeps the input (%j)', async (more, problem) => {
    const { one } = await start();
    const answer = await one.message('herecheck', { fields: { ...fields, ...more } });
    expect(linesOf(answer)[0]).toContain(problem);
    const again = await one.form(pressed(answer, 'Edit'));
    expect(Object.fromEntries(again.fields.map(({ name, value }) => [name, value]))).toEqual({ ...fields, ...more });
  });

  it('starts even if there is no preview', async () => {
    const { one } = await start();
    const away = async () => {
      throw new ExternalError({ service: 'arXiv', message: 'away' });
    };
    const shown = await one.message('herecheck', { fields, services: { draft: away } });
    expect(linesOf(shown).some((line) => line.startsWith('There is no preview'))).toBe(true);
    expect(pressed(shown, 'Start')).toMatch(/^herestart \d+$/);
  });

  it('says which channel already posts to a destination', async () => {
    const { one } = await start();
    const answer = await one.lines('here', { destination: 'slack:T1:C1', channel: 'foundations' });
    expect(answer[0]).toBe('The channel foundations already posts here. It reads cs.LG and cs.AI.');
    expect(answer).toContain('[Edit topics: topics edit]');
  });

  it('removes a channel created in chat after asking, and offers to restore it', async () => {
    const { channels, one } = await start();
    await expect(one.message('here remove')).rejects.toThrow('Nothing is posted here');
    await one.message(pressed(await one.message('herecheck', { fields }), 'Start'));
    const question = await one.message(pressed(await one.message('here'), 'Remove'));
    expect(linesOf(question)[0]).toContain('This removes vision-team from here. Nothing more is posted');
    expect(channels.find('vision-team')).toBeDefined();
    const button = pressed(question, 'Remove');
    const done = await one.message(button);
    expect(linesOf(done)[0]).toContain('Posted papers, pages and history stay.');
    expect(channels.find('vision-team')).toBeUndefined();
    const back = await one.form(pressed(done, 'Restore'));
    expect(back.fields.map(({ value }) => value)).toEqual([
      'vision-team',
      'cs.CV, cs.LG',
      '# Vision\n\n- Relevant: all',
      'Europe/Berlin',
      '10',
    ]);
    await one.message(pressed(await one.message('herecheck', { fields }), 'Start'));
    expect(linesOf(await one.message(button))[0]).toContain('This removes vision-team');
    expect(channels.find('vision-team')).toBeDefined();
    const answer = await one.lines('history', { channel: 'vision-team' });
    expect(answer.map((line) => line.split(': ')[1])).toEqual(
      expect.arrayContaining(['set up Paperboy here', 'removed Paperboy from here']),
    );
  });

  it('removes no channel of the config file', async () => {
    const { one } = await start();
    const inFile = { destination: 'slack:T1:C1', channel: 'foundations' };
    await expect(one.message('here remove', inFile)).rejects.toThrow('foundations is in the config file');
    await expect(one.message('here remove', { ...inFile, person: reader })).rejects.toThrow('Only the managers of');
    expect(await one.lines('here', inFile)).not.toContain('[Remove: here remove]');
  });

  it('is for admins, and a pending channel is for its writer and destination', async () => {
    const { one } = await start();
    for (const text of ['here', 'herecheck', 'herechange 1', 'herestart 1'])
      await expect(one.message(text, { person: reader })).rejects.toThrow('Only admins may do this');
    const shown = await one.message('herecheck', { fields });
    const button = pressed(shown, 'Start');
    await expect(one.message(button, { person: reader, admins: [reader] })).rejects.toThrow(
      'You have no pending channel',
    );
    await expect(one.message(button, { destination: 'slack:T1:C8' })).rejects.toThrow('for another destination');
    await expect(one.message('herecheck')).rejects.toThrow('Type /arxiv here');
  });
});
