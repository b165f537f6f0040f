import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import type { Form, Message } from '../../../src/core/message.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { digestOf, entryOf, paperOf, rubricOf, scoreOf } from '../../fakes/fixtures.ts';
import { changingChannels, managed, otherManager, pressed, reader, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const first = '1. Model Compression\n   - Relevant: quantization, pruning.\n   - Irrelevant: applications.\n';

/** The built-in scorer picks papers 1 and 2 under the settings of the config file, 2 and 3 under any others. */
const draft = async (channel: Channel, date: string) =>
  digestOf(
    (channel.rubric.topics === first && channel.cutoffs.relevance === 8 ? ['1', '2'] : ['2', '3']).map((id, index) =>
      entryOf(index + 1, paperOf(id), scoreOf(id, 9, 9)),
    ),
    { date, cutoffs: channel.cutoffs, engines: [{ engine: 'local', model: 'local-1', papers: 12 }] },
  );

const filled = ({ fields }: Form, more: Record<string, string> = {}) => ({
  ...Object.fromEntries(fields.map(({ name, value = '' }) => [name, value])),
  ...more,
});

const start = async () => {
  await saveDigest(stores, [paperOf('1'), paperOf('2')]);
  const channels = await changingChannels(stores);
  const one = await talk(stores, { channels, services: { draft } });
  const other = await talk(stores, { channels, person: otherManager, services: { draft } });
  const edit = async (who: typeof one, more: Record<string, string>): Promise<Message> => {
    const form = await who.form('topics edit');
    return who.message(form.submit.command, { fields: filled(form, more) });
  };
  return { channels, one, other, edit };
};

describe('topics show', () => {
  it('shows everybody the topics and cutoffs, and that they are those of the config file', async () => {
    const { message } = await talk(stores, { person: reader });
    const shown = await message('topics show');
    expect(linesOf(shown)).toEqual([
      'Topics of foundations',
      'foundations posts at most 10 papers a day. The topics are those of the config file.',
      '1. Model Compression',
      'Relevant: quantization, pruning.',
      'Irrelevant: applications.',
    ]);
    expect(shown.files).toEqual([{ name: 'topics.md', mediaType: 'text/markdown', text: first }]);
  });

  it('says who last edited them and when', async () => {
    const { one, other, edit } = await start();
    await one.message(pressed(await edit(one, { topics1: '# New\n\n- Relevant: all' }), 'Save'));
    const when = '(Tue, 8 July 2025, 09:00).';
    expect((await one.lines('topics show')).at(1)).toContain(`Last edited by you ${when}`);
    expect((await other.lines('topics show')).at(1)).toContain(`Last edited by UMANAGER on Slack ${when}`);
  });
});

describe('topics edit', () => {
  it('is for managers, like the commands of its form and buttons', async () => {
    const { lines } = await talk(stores, { person: reader });
    for (const text of ['edit', 'check v1', 'save 1', 'discard 1', 'amend 1', 'look 1', 'undo', 'again 1'])
      await expect(lines(`topics ${text}`)).rejects.toThrow('Only the managers of foundations and the admins');
  });

  it('shows the changes and a preview, and saves on a button', async () => {
    const { channels, one } = await start();
    const progress: string[] = [];
    const form = await one.form('topics edit');
    expect(form.submit.command.length).toBeLessThanOrEqual(90);
    const fields = filled(form, { topics1: `${first}   - Relevant: sparsity.`, cutoffs: '7, 6' });
    const shown = await one.message(form.submit.command, { fields, progress: ({ summary }) => progress.push(summary) });
    const lines = linesOf(shown);
    expect(lines).toContain('+    - Relevant: sparsity.');
    expect(lines.some((line) => line.startsWith('− '))).toBe(false);
    expect(lines).toContain(
      'New limits: relevance 7 and novelty 6 or higher. Now: relevance 8 and novelty 7 or higher.',
    );
    expect(lines.slice(lines.indexOf('Added papers (1)'))).toMatchObject([
      'Added papers (1)',
      '9 + 9  Title of 3',
      'Removed papers (1)',
      '9 + 9  Title of 1',
      ...lines.slice(-3),
    ]);
    expect(progress).toEqual(['Previewing Tuesday, 8 July 2025 …']);
    expect(channels.find('foundations')?.rubric.topics).toBe(first);
    const saved = await one.message(pressed(shown, 'Save'));
    expect(saved.summary).toBe('Saved');
    expect(channels.find('foundations')).toMatchObject({
      cutoffs: { relevance: 7, novelty: 6 },
      rubric: { topics: `${first}   - Relevant: sparsity.\n` },
    });
    await expect(one.message(pressed(shown, 'Save'))).rejects.toThrow('already saved or discarded');
    expect((await stores.changes.list('foundations', 'topics')).length).toBe(1);
  });

  it('says that an unchanged form changes nothing', async () => {
    const { one, edit } = await start();
    expect((await edit(one, {})).summary).toBe('No changes');
    await expect(one.message('topics try')).rejects.toThrow('You have no pending edit');
  });

  it.each([
    [{ cutoffs: '7' }, 'two whole numbers'],
    [{ cutoffs: '0 6' }, 'two whole numbers'],
    [{ cutoffs: '7 11' }, 'two whole numbers'],
    [{ cutoffs: 'seven six' }, 'two whole numbers'],
    [{ topics1: ' \n ' }, 'The topics are empty'],
  ])('keeps an invalid edit (%j)', async (more, problem) => {
    const { channels, one, edit } = await start();
    const answer = await edit(one, more as Record<string, string>);
    expect(linesOf(answer)[0]).toContain(problem);
    const again = await one.form(pressed(answer, 'Edit'));
    const right = await one.message(again.submit.command, { fields: { topics1: 'Other', cutoffs: '6 6' } });
    await one.message(pressed(right, 'Save'));
    expect(channels.find('foundations')).toMatchObject({ rubric: { topics: 'Other\n' }, cutoffs: { relevance: 6 } });
  });

  it('keeps the pending edits of two people apart', async () => {
    const { channels, one, other, edit } = await start();
    const mine = await edit(one, { topics1: 'Mine' });
    const theirs = await edit(other, { topics1: 'Theirs' });
    expect(linesOf(await one.message('topics try'))).toContain('+ Mine');
    expect(linesOf(await other.message('topics try'))).toContain('+ Theirs');
    await expect(one.message(pressed(theirs, 'Save'))).rejects.toThrow('You have no pending edit');
    await other.message(pressed(theirs, 'Discard'));
    await one.message(pressed(mine, 'Save'));
    expect(channels.find('foundations')?.rubric.topics).toBe('Mine\n');
  });

  it('does not overwrite what somebody else saved, and offers another preview', async () => {
    const { channels, one, other, edit } = await start();
    const mine = await edit(one, { topics1: 'Mine' });
    await other.message(pressed(await edit(other, { topics1: 'Theirs' }), 'Save'));
    const stale = await one.message(pressed(mine, 'Save'));
    expect(linesOf(stale)[0]).toContain('Not saved: UOTHER on Slack changed the topics (Tue, 8 July 2025, 09:00)');
    expect(channels.find('foundations')?.rubric.topics).toBe('Theirs\n');
    const looked = await one.message(pressed(stale, 'Preview again'));
    expect(linesOf(looked)).toEqual(expect.arrayContaining(['− Theirs', '+ Mine']));
    await one.message(pressed(looked, 'Save'));
    expect(channels.find('foundations')?.rubric.topics).toBe('Mine\n');
  });

  it('says that the topics changed while the form was open', async () => {
    const { one, other, edit } = await start();
    const form = await one.form('topics edit');
    await other.message(pressed(await edit(other, { topics1: 'Theirs' }), 'Save'));
    const shown = await one.message(form.submit.command, { fields: filled(form, { topics1: 'Mine' }) });
    expect(linesOf(shown)).toContain(
      'Somebody changed the topics while you were writing. This preview compares your edit with the current topics.',
    );
  });

  it('shows twenty lines of a long edit and counts the rest', async () => {
    const { one, edit } = await start();
    const shown = await edit(one, { topics1: Array.from({ length: 30 }, (_, at) => `- line ${at}`).join('\n') });
    const code = shown.blocks.find((block) => block.type === 'code');
    expect(code?.text.split('\n')).toHaveLength(21);
    expect(code?.text.split('\n').at(-1)).toBe('and 13 more lines');
  });

  it('refuses the command of its form without a form', async () => {
    const { lines } = await talk(stores);
    await expect(lines('topics check v1')).rejects.toThrow('Type /arxiv topics edit');
  });
});

describe('topics try', () => {
  it('shows a manager other cutoffs with a button to save them', async () => {
    const { channels, one } = await start();
    const shown = await one.message('topics try 6 5');
    expect(linesOf(shown)[1]).toContain('relevance 6 and novelty 5');
    await one.message(pressed(shown, 'Save'));
    expect(channels.find('foundations')).toMatchObject({
      cutoffs: { relevance: 6, novelty: 5 },
      rubric: { topics: first },
    });
  });

  it('shows everybody other cutoffs, and logs nothing', async () => {
    await saveDigest(stores, [paperOf('1'), paperOf('2')]);
    const { lines } = await talk(stores, { person: reader, services: { draft } });
    expect(await lines('topics try 6 5')).toContain('Removed papers (1)');
    expect(await stores.changes.list('foundations')).toEqual([]);
  });

  it.each([
    ['topics try', 'You have no pending edit'],
    ['topics try 8 7', 'already has these limits'],
    ['topics try high', 'two whole numbers'],
  ])('says what to type for "%s"', async (text, problem) => {
    const { lines } = await talk(stores);
    await expect(lines(text)).rejects.toThrow(problem);
  });

  it('says that there is no day to preview', async () => {
    const { lines } = await talk(stores);
    expect(await lines('topics try 6 5')).toContain(
      'There is no day to preview yet. The next run makes the first digest.',
    );
  });
});

describe('topics undo', () => {
  it('undoes the newest edit, says whose it was, and saves it again on a button', async () => {
    const { channels, one, other, edit } = await start();
    await other.message(pressed(await edit(other, { topics1: 'Theirs', cutoffs: '5 5' }), 'Save'));
    const undone = await one.message('topics undo');
    expect(linesOf(undone)[0]).toBe(
      'Undone: the edit by UOTHER on Slack on Tue, 8 July 2025, 09:00. foundations again posts at most 10 papers a day.',
    );
    expect(linesOf(undone)).toContain('− Theirs');
    expect(channels.find('foundations')?.rubric.topics).toBe(first);
    const again = pressed(undone, 'Save again');
    await one.message(again);
    expect(channels.find('foundations')).toMatchObject({ rubric: { topics: 'Theirs\n' }, cutoffs: { relevance: 5 } });
    await expect(one.message(again)).rejects.toThrow('There is nothing to save');
  });

  it('says that there is nothing to undo', async () => {
    const { lines } = await talk(stores);
    await expect(lines('topics undo')).rejects.toThrow('There is nothing to undo');
    await expect(lines('topics again 7')).rejects.toThrow('There is no edit 7');
  });
});

describe('topics history', () => {
  it('says who changed what and when, and what was undone', async () => {
    const { one, other, edit } = await start();
    await one.message(pressed(await edit(one, { topics1: 'Mine' }), 'Save'));
    await other.message(pressed(await edit(other, { topics1: 'Mine\nand theirs', cutoffs: '5 5' }), 'Save'));
    await one.message('topics undo');
    const when = 'Tue, 8 July 2025, 09:00';
    expect((await one.lines('topics history')).slice(1, 8)).toEqual([
      `2. ${when}, UOTHER on Slack: 1 line added; relevance 5 and novelty 5 or higher (undone: ${when}, you)`,
      '+ and theirs',
      `1. ${when}, you: 1 line added, 3 lines removed`,
      ...first
        .trimEnd()
        .split('\n')
        .map((line) => `− ${line}`),
      '+ Mine',
    ]);
    const history = await one.lines('history');
    expect(history.slice(1, 4)).toEqual([
      `${when}, you: undid: edited the topics, 1 line added; relevance 5 and novelty 5 or higher`,
      `${when}, UOTHER on Slack: edited the topics, 1 line added; relevance 5 and novelty 5 or higher (undone later)`,
      `${when}, you: edited the topics, 1 line added, 3 lines removed`,
    ]);
  });

  it('shows a few lines of the newest edits, and more of one on a button', async () => {
    const { one, edit } = await start();
    const lines = Array.from({ length: 9 }, (_, index) => `Line ${index}`);
    for (const topics1 of ['First', 'First\nsecond', 'Third', 'Fourth', 'Fifth', lines.join('\n')])
      await one.message(pressed(await edit(one, { topics1 }), 'Save'));
    const shown = await one.message('topics history');
    const answer = linesOf(shown);
    expect(answer.slice(2, 9)).toEqual([
      '− Fifth',
      ...lines.slice(0, 5).map((line) => `+ ${line}`),
      'and 4 more lines',
    ]);
    expect(answer.filter((line) => /^[+−]/.test(line))).not.toContain('+ second');
    expect(answer).toContain('Type /arxiv topics history with a number to see the lines of that edit.');
    expect(pressed(shown, 'Edit 6')).toBe('topics history 6');
    expect(await one.lines('topics history 2')).toEqual([
      'Edit 2 to the topics of foundations',
      expect.stringContaining('you: 1 line added'),
      '+ second',
      '[All edits: topics history]',
    ]);
    expect((await one.lines('topics history 6')).filter((line) => line.startsWith('+'))).toHaveLength(9);
    await expect(one.lines('topics history 7')).rejects.toThrow('The topics of foundations have only 6 edits');
  });

  it('compares an edit after an undone one with the config file', async () => {
    const { one, edit } = await start();
    const withRobots = `${first}## Robot learning`;
    const saved = async (topics1: string, cutoffs: string) =>
      one.message(pressed(await edit(one, { topics1, cutoffs }), 'Save'));
    await saved('Mine', '5 5');
    await one.message('topics undo');
    await one.message(pressed(await edit(one, { topics1: 'Never saved' }), 'Discard'));
    await saved(withRobots, '8 7');
    expect(await one.lines('topics history 2')).toEqual([
      'Edit 2 to the topics of foundations',
      'Tue, 8 July 2025, 09:00, you: 1 line added',
      '+ ## Robot learning',
      '[All edits: topics history]',
    ]);
    expect((await one.lines('history'))[1]).toBe('Tue, 8 July 2025, 09:00, you: edited the topics, 1 line added');
  });

  it('says that the config file has adopted the first edit', async () => {
    const { one, edit } = await start();
    await one.message(pressed(await edit(one, { topics1: 'Mine' }), 'Save'));
    const channels = await changingChannels(stores, [managed({ rubric: rubricOf({ topics: 'Mine\n' }) })]);
    expect((await one.lines('topics history', { channels }))[1]).toContain('you: same as the config file now');
  });

  it('counts the edits if the number is too high', async () => {
    const { one, edit } = await start();
    await expect(one.lines('topics history 2')).rejects.toThrow('The topics of foundations have no edits.');
    await one.message(pressed(await edit(one, { topics1: 'Mine' }), 'Save'));
    await expect(one.lines('topics history 2')).rejects.toThrow('The topics of foundations have only 1 edit.');
  });

  it('says that there are no edits', async () => {
    const { lines } = await talk(stores, { person: reader });
    expect(await lines('topics history')).toContain('No edits yet: the topics are those of the config file.');
  });

  it('says of a number that is too high how many there are', async () => {
    const { one, edit } = await start();
    await one.message(pressed(await edit(one, { topics1: 'Mine' }), 'Save'));
    await expect(one.lines('topics history 2')).rejects.toThrow('The topics of foundations have only 1 edit.');
  });
});
