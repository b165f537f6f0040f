import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Form, Message } from '../../../src/core/message.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { changingChannels, pressed, reader, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const filled = ({ fields }: Form, more: Record<string, string> = {}) => ({
  ...Object.fromEntries(fields.map(({ name, value = '' }) => [name, value])),
  ...more,
});

const start = async () => {
  const channels = await changingChannels(stores);
  const one = await talk(stores, { channels });
  const edit = async (more: Record<string, string>): Promise<Message> => {
    const form = await one.form('topics edit');
    return one.message(form.submit.command, { fields: filled(form, more) });
  };
  return { channels, one, edit };
};

describe('the papers per day in the form of the topics', () => {
  it('have cutoffs beside them only with a language model', async () => {
    const { one, edit } = await start();
    const shown = await edit({ topics1: 'Other' });
    for (const command of ['topics edit', pressed(shown, 'Edit')]) {
      const fieldsOf = async (model?: string) =>
        (await one.form(command, { services: { model } })).fields.slice(1).map(({ name, hint }) => [name, hint]);
      expect(await fieldsOf()).toEqual([['papersPerDay', 'At most, from 1 to 20']]);
      expect(await fieldsOf('gpt-test')).toEqual([
        ['cutoffs', 'Two whole numbers from 1 to 10, such as 7 6'],
        ['papersPerDay', 'At most, from 1 to 20, if the built-in scorer takes over'],
      ]);
    }
  });

  it('are changed by a save, and refused with a reason', async () => {
    const { channels, one, edit } = await start();
    const shown = await edit({ papersPerDay: '3' });
    expect(linesOf(shown)).toContain('New limits: at most 3 papers a day. Now: at most 10 papers a day.');
    await one.message(pressed(shown, 'Save'));
    expect(channels.find('foundations')).toMatchObject({
      papersPerDay: 3,
      rubric: { topics: channels.base('foundations')?.rubric.topics },
    });
    for (const papersPerDay of ['0', '21', 'many', '2.5'])
      expect(linesOf(await edit({ papersPerDay }))[0]).toMatch(/whole number.*Your edit is kept\.$/);
  });
});

describe('topics try papers', () => {
  it('previews, saves and undoes other papers per day', async () => {
    const { channels, one } = await start();
    const shown = await one.message('topics try papers 5');
    expect(linesOf(shown)[1]).toBe('New limits: at most 5 papers a day. Now: at most 10 papers a day.');
    expect(linesOf(await one.message(pressed(shown, 'Save')))[0]).toContain('posts at most 5 papers a day.');
    expect(channels.find('foundations')).toMatchObject({ papersPerDay: 5, cutoffs: { relevance: 8, novelty: 7 } });
    expect((await one.lines('topics history'))[1]).toContain('you: at most 5 papers a day');
    expect((await one.lines('topics undo'))[0]).toContain('foundations again posts at most 10 papers a day.');
    expect(channels.find('foundations')?.papersPerDay).toBe(10);
  });

  it('names what was tried, and keeps no edit of what it refuses', async () => {
    const { channels, one } = await start();
    const title = async (command: string, now = {}) => (await one.message(command, now)).summary;
    expect(await title('topics try papers 5')).toBe(
      'Preview of foundations with at most 5 papers a day, not saved yet',
    );
    expect(await title('topics try')).toContain('with at most 5 papers a day');
    expect(await title('topics try 6 5')).toContain('with relevance 6 and novelty 5 or higher, not saved yet');
    expect(await title('topics try papers 5', { person: reader })).toBe(
      'Preview of foundations with at most 5 papers a day',
    );
    await expect(one.message('topics try papers 21')).rejects.toThrow(
      /^Enter a whole number from 1 to 20 as papers per day\.$/,
    );
    const tried = await one.message('topics try papers 4');
    expect((await one.lines(pressed(tried, 'Discard')))[0]).toContain('The topics and limits of foundations');
    const saved = await one.lines(pressed(await one.message('topics try papers 3'), 'Save'));
    expect(saved[0]).toBe('Saved. From the next run on, foundations posts at most 3 papers a day.');
    expect(channels.find('foundations')?.papersPerDay).toBe(3);
  });

  it('names an edit of topics and limits as an edit', async () => {
    const { edit } = await start();
    const both = await edit({ topics1: 'Other', papersPerDay: '3' });
    expect(both.summary).toBe('Your edit to the topics of foundations, not saved yet');
    expect((await edit({ papersPerDay: '3' })).summary).toContain('with at most 3 papers a day');
  });

  it('keeps the papers per day of a topics edit from before they existed', async () => {
    const { channels } = await start();
    const by = { person: 'slack:T1:UOLD', at: '2025-07-07T13:00:00.000Z', channel: 'foundations' } as const;
    const value = { kind: 'topics', topics: '1. Old', cutoffs: { relevance: 5, novelty: 5 } } as const;
    await stores.changes.add({ ...by, action: 'topics', value });
    await channels.reload();
    expect(channels.find('foundations')).toMatchObject({ papersPerDay: 10, rubric: { topics: '1. Old' } });
  });
});
