import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import { ExternalError } from '../../../src/core/errors.ts';
import { maxValueLength } from '../../../src/core/form.ts';
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
  it('asks with a form, with topics to begin with, that every platform holds', async () => {
    const { one } = await start();
    const form = await one.form('here');
    expect(form.fields.map(({ name }) => name)).toEqual(['name', 'categories', 'topics', 'timezone']);
    expect(form.fields[2]?.value).toContain('## Model Compression');
    expect(form.fields[2]?.value?.length).toBeLessThan(maxValueLength);
    expect(form.fields[3]?.value).toBe('America/New_York');
    expect(form.title.length).toBeLessThanOrEqual(24);
  });

  it('shows the last day first, and starts on a button', async () => {
    const { channels, one, progress } = await start();
    const { submit } = await one.form('here');
    const shown = await one.message(submit.command, { fields });
    expect(linesOf(shown).slice(0, 4)).toEqual([
      'vision-team, not started yet',
      'It would read cs.CV and cs.LG and post here on weekdays at 09:00 (Europe/Berlin), papers with relevance 7 and novelty 6 or more.',
      expect.stringContaining('Tuesday, 8 July 2025 would have been: 1 of 12 papers picked'),
      'Title of 1  9 + 8  Ada First, Ben Second · 1',
    ]);
    expect(progress).toEqual(['Looking at the newest papers of cs.CV and cs.LG …']);
    expect(channels.find('vision-team')).toBeUndefined();
    const started = await one.message(pressed(shown, 'Start here'));
    expect(linesOf(started)[0]).toContain('vision-team starts here. The first papers come with the next run');
    expect(channels.find('vision-team')).toMatchObject({
      ...{ post: [destination], categories: ['cs.CV', 'cs.LG'], timezone: 'Europe/Berlin' },
      rubric: { topics: '# Vision\n\n- Relevant: all' },
    });
    await expect(one.message(pressed(shown, 'Start here'))).rejects.toThrow('started already');
    expect(await one.lines('history', { channel: 'vision-team' })).toContain(
      'Tue, 8 July 2025, 15:00, you: brought Paperboy here',
    );
  });

  it.each([
    [{ name: 'two words' }, 'The name:'],
    [{ name: 'Foundations' }, 'There is a channel Foundations already'],
    [{ categories: ' , ' }, 'Name at least one arXiv category'],
    [{ categories: 'vision' }, 'The categories: "vision" is not an arXiv category; write one such as'],
    [{ categories: 'cs.CV, cs.ML' }, 'The categories: "cs.ML" is not an arXiv category; did you mean "stat.ML"?'],
    [
      { categories: 'stat.ZZ' },
      'stat has AP, CO, ME, ML, OT and TH; write one such as stat.ML. What you wrote is kept.',
    ],
    [{ timezone: 'Berlin time' }, 'The time zone:'],
    [{ topics: ' ' }, 'The topics are empty'],
  ])('says what is wrong and keeps what was written (%j)', async (more, problem) => {
    const { one } = await start();
    const told = await one.message('herecheck', { fields: { ...fields, ...more } });
    expect(linesOf(told)[0]).toContain(problem);
    const again = await one.form(pressed(told, 'Change'));
    expect(Object.fromEntries(again.fields.map(({ name, value }) => [name, value]))).toEqual({ ...fields, ...more });
  });

  it('may be started though the last day could not be read', async () => {
    const { one } = await start();
    const away = async () => {
      throw new ExternalError({ service: 'arXiv', message: 'away' });
    };
    const shown = await one.message('herecheck', { fields, services: { draft: away } });
    expect(linesOf(shown).some((line) => line.startsWith('I cannot show the last day now'))).toBe(true);
    expect(pressed(shown, 'Start here')).toMatch(/^herestart \d+$/);
  });

  it('says which channel a place belongs to, however the file writes it', async () => {
    const { one } = await start();
    const told = await one.lines('here', { destination: 'slack:T1:C1', channel: 'foundations' });
    expect(told[0]).toBe('This place belongs to the channel foundations already, which reads cs.LG and cs.AI.');
    expect(told).toContain('[Edit the topics: topics edit]');
  });

  it('takes away what was made in chat, after asking, and offers to bring it back', async () => {
    const { channels, one } = await start();
    await expect(one.message('here remove')).rejects.toThrow('Nothing is posted in this place');
    await one.message(pressed(await one.message('herecheck', { fields }), 'Start here'));
    const asked = await one.message(pressed(await one.message('here'), 'Take it away'));
    expect(linesOf(asked)[0]).toContain('This takes vision-team away from this place. Nothing more is posted');
    expect(channels.find('vision-team')).toBeDefined();
    const button = pressed(asked, 'Take it away');
    const done = await one.message(button);
    expect(linesOf(done)[0]).toContain('What was posted, its pages and its history stay.');
    expect(channels.find('vision-team')).toBeUndefined();
    const back = await one.form(pressed(done, 'Bring it back'));
    expect(back.fields.map(({ value }) => value)).toEqual([
      'vision-team',
      'cs.CV, cs.LG',
      '# Vision\n\n- Relevant: all',
      'Europe/Berlin',
    ]);
    await one.message(pressed(await one.message('herecheck', { fields }), 'Start here'));
    expect(linesOf(await one.message(button))[0]).toContain('This takes vision-team away');
    expect(channels.find('vision-team')).toBeDefined();
    const told = await one.lines('history', { channel: 'vision-team' });
    expect(told.map((line) => line.split(': ')[1])).toEqual(
      expect.arrayContaining(['brought Paperboy here', 'took Paperboy away from here']),
    );
  });

  it('takes nothing away that the config file has', async () => {
    const { one } = await start();
    const inFile = { destination: 'slack:T1:C1', channel: 'foundations' };
    await expect(one.message('here remove', inFile)).rejects.toThrow('foundations stands in the config file');
    await expect(one.message('here remove', { ...inFile, person: reader })).rejects.toThrow('Only the managers of');
    expect(await one.lines('here', inFile)).not.toContain('[Take it away: here remove]');
  });

  it('is for admins in a place of no channel, and a draft is for its writer and place', async () => {
    const { one } = await start();
    for (const text of ['here', 'herecheck', 'herechange 1', 'herestart 1'])
      await expect(one.message(text, { person: reader })).rejects.toThrow('Only admins may do that');
    const shown = await one.message('herecheck', { fields });
    const button = pressed(shown, 'Start here');
    await expect(one.message(button, { person: reader, admins: [reader] })).rejects.toThrow('You have begun nothing');
    await expect(one.message(button, { destination: 'slack:T1:C8' })).rejects.toThrow('in another place');
    await expect(one.message('herecheck')).rejects.toThrow('Type /arxiv here');
  });
});
