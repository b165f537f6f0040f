import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { paperboyItself } from '../../../src/core/changes.ts';
import type { Form } from '../../../src/core/message.ts';
import { topicsHash } from '../../../src/core/score.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { changingChannels, pressed, reader, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const expansion =
  '# Gears\n\n## Cogs\n- Relevant: cogs, pinions, worm drives.\n\n## Belts\n- Relevant: belts, pulleys.';

/** A model's answer in the change log, as the daily run leaves it. */
const start = async (text: string | 'none' = expansion, model: string | undefined = 'gears-1') => {
  const channels = await changingChannels(stores);
  const hash = topicsHash(channels.list()[0]?.rubric ?? { topics: '' });
  const answer = async (answered: string) => {
    await stores.changes.add({
      ...{ person: paperboyItself, at: '2025-07-08T13:00:00.000Z', channel: undefined, action: 'expansion' },
      value: { kind: 'expansion', topicsHash: hash, text: answered, model: 'gears-1' },
    });
    await channels.reload();
  };
  const asked: string[] = [];
  const services = {
    model,
    expandAgain: async ({ name }: { name: string }) => {
      asked.push(name);
      await answer(`${expansion}\n\n## Chains\n- Relevant: chains.`);
      return channels.find(name);
    },
  };
  const one = await talk(stores, { channels, services });
  if (text !== 'none') await answer(text);
  return { one, channels, services, asked, expansionOf: () => channels.find('foundations')?.rubric.expansion };
};

const filled = ({ fields }: Form, topics1: string) => ({
  ...Object.fromEntries(fields.map(({ name, value = '' }) => [name, value])),
  topics1,
});

describe('the expanded topics', () => {
  it('are shown with their origin, beside the topics and on their own', async () => {
    const { one } = await start();
    const origin =
      'Expanded by gears-1 (Tue, 8 July 2025, 09:00). The built-in scorer and the topic labels use the expanded form.';
    const topics = await one.message('topics show');
    expect(linesOf(topics)).toContain(origin);
    const shown = await one.lines(pressed(topics, 'Expanded topics'));
    expect(shown).toEqual(expect.arrayContaining(['Expanded topics of foundations', origin, 'Cogs']));
    expect(shown.join('\n')).toContain('cogs, pinions, worm drives');
  });

  it('are edited in a form, and an edit is undone', async () => {
    const { one, expansionOf } = await start();
    const edit = pressed(await one.message('topics expanded'), 'Edit');
    const form = await one.form(edit);
    const saved = await one.message(form.submit.command, { fields: filled(form, '## Springs\n- Relevant: springs.') });
    expect(linesOf(saved)).toContain('Saved.');
    expect(linesOf(saved).join('\n')).toContain('Expanded by you (Tue, 8 July 2025, 09:00).');
    expect(expansionOf()).toBe('## Springs\n- Relevant: springs.');
    expect(linesOf(await one.message(pressed(saved, 'Undo')))).toContain('Undone.');
    expect(expansionOf()).toBe(expansion);
  });

  it('are turned off with an empty form', async () => {
    const { one, expansionOf } = await start();
    const form = await one.form('topics expanded edit');
    const saved = await one.lines(form.submit.command, { fields: filled(form, '') });
    expect(saved.join('\n')).toContain('The expanded form was turned off by you');
    expect(expansionOf()).toBe('');
  });

  it('are not overwritten by a form for other topics', async () => {
    const { one, channels } = await start();
    const form = await one.form('topics expanded edit');
    const change = { kind: 'topics', topics: 'Springs', cutoffs: { relevance: 7, novelty: 6 } } as const;
    await channels.change('foundations', change, 'slack:T1:UOTHER');
    await expect(one.lines(form.submit.command, { fields: filled(form, 'x') })).rejects.toThrow(
      'The topics were edited in the meantime. Type /arxiv topics expanded for the new form.',
    );
  });

  it('are made again on request', async () => {
    const { one, asked, expansionOf } = await start();
    const again = pressed(await one.message('topics expanded'), 'Expand again');
    expect(await one.lines(again)).toContain('Expanded again.');
    expect([asked, expansionOf()?.includes('Chains')]).toEqual([['foundations'], true]);
  });

  it('say when they will be made, or why not', async () => {
    const { one } = await start('none');
    expect(await one.lines('topics expanded')).toEqual(
      expect.arrayContaining(['gears-1 has not expanded the topics of foundations yet. It will at the next run.']),
    );
    const without = await one.lines('topics expanded', { services: {} });
    expect(without.join('\n')).toContain('used as written, because no language model is configured to expand them');
  });

  it('say that an answer was unusable', async () => {
    const { one } = await start('');
    expect((await one.lines('topics show')).join('\n')).toContain(
      'gears-1 could not expand the topics (Tue, 8 July 2025, 09:00). The built-in scorer uses them as written.',
    );
  });

  it('are only changed by managers', async () => {
    const { one } = await start();
    const asReader = { person: reader };
    expect(linesOf(await one.message('topics expanded', asReader)).join('\n')).toContain('cogs');
    for (const command of ['expanded again', 'expanded edit', 'expanded undo'])
      await expect(one.lines(`topics ${command}`, asReader)).rejects.toThrow('Only the managers of foundations');
  });
});
