import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import type { EngineShare } from '../../../src/core/digest.ts';
import type { Services } from '../../../src/core/services.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { pressed, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const local: EngineShare = { engine: 'local', model: 'local-1', papers: 12 };
const model: EngineShare = { engine: 'openai', model: 'gpt-test', papers: 12 };

type Drafted = { isWanted: boolean; only: 'local' | undefined };

/** Drafts with the papers and engines that `answer` gives; keeps the requests. */
const drafting = (answer: (drafted: Drafted) => { ids: readonly string[]; engines: EngineShare[] }) => {
  const drafted: Drafted[] = [];
  const draft: Services['draft'] = async ({ rubric, cutoffs }: Channel, date, _signal, only) => {
    const isWanted = rubric.topics !== fileTopics || cutoffs.relevance !== 8;
    drafted.push({ isWanted, only });
    const { ids, engines } = answer({ isWanted, only });
    const entries = ids.map((id, index) => entryOf(index + 1, paperOf(id), scoreOf(id, 9, 9)));
    return digestOf(entries, { date, cutoffs, engines, rubric: rubric.topics === fileTopics ? 'rubric-1' : 'other' });
  };
  return { drafted, draft };
};

const fileTopics = '1. Model Compression\n   - Relevant: quantization, pruning.\n   - Irrelevant: applications.\n';

const edited = async (services: Partial<Services>): Promise<string[]> => {
  const one = await talk(stores, { services });
  const { submit } = await one.form('topics edit');
  const fields = { topics1: `${fileTopics}   - Relevant: sparsity.`, cutoffs: '8 7' };
  const shown = await one.message(submit.command, { fields });
  expect(pressed(shown, 'Save')).toBeDefined();
  return linesOf(shown);
};

const tried = async (services: Partial<Services>): Promise<string[]> =>
  (await talk(stores, { services })).lines('topics try 6 5');

describe('the preview of an edit', () => {
  it('compares two lists of the built-in scorer if the model has not scored under the new topics', async () => {
    await saveDigest(stores, [paperOf('1'), paperOf('2')]);
    const { drafted, draft } = drafting(({ isWanted }) => ({
      ids: isWanted ? ['4', '5'] : ['3', '4'],
      engines: [local],
    }));
    const lines = await edited({ draft, model: 'gpt-test' });
    const from = lines.findIndex((line) => line.startsWith('Preview of Tuesday, 8 July 2025'));
    expect(lines.slice(from + 1, -3)).toEqual([
      'Both lists are scored by the built-in scorer, at no cost. The language model may pick other papers.',
      'Added papers (1)',
      '9 + 9  Title of 5',
      'Removed papers (1)',
      '9 + 9  Title of 3',
    ]);
    expect(drafted).toEqual([
      { isWanted: true, only: undefined },
      { isWanted: false, only: 'local' },
    ]);
  });

  it('uses one scorer for both lists if the model has scored only some papers under the new topics', async () => {
    await saveDigest(stores, [paperOf('1'), paperOf('2')]);
    const { drafted, draft } = drafting(({ isWanted, only }) => {
      const engines = only ? [local] : isWanted ? [model, local] : [model];
      return { ids: isWanted ? ['4'] : ['3'], engines };
    });
    const lines = await edited({ draft, model: 'gpt-test' });
    expect(lines).toContain(
      'Both lists are scored by the built-in scorer, at no cost. The language model may pick other papers.',
    );
    expect(drafted.slice(-2)).toEqual([
      { isWanted: true, only: 'local' },
      { isWanted: false, only: 'local' },
    ]);
  });

  it('compares the model’s list under other cutoffs with the posted digest', async () => {
    await saveDigest(stores, [paperOf('1'), paperOf('2')]);
    const { drafted, draft } = drafting(() => ({ ids: ['2', '3'], engines: [model] }));
    const lines = await tried({ draft, model: 'gpt-test' });
    expect(lines).toEqual(
      expect.arrayContaining(['Scored by gpt-test, at no cost.', '9 + 9  Title of 3', '9 + 8  Title of 1']),
    );
    expect(lines.some((line) => line.includes('built-in scorer'))).toBe(false);
    expect(drafted).toHaveLength(1);
  });

  it('drafts the day again under the old cutoffs if the prefilter screened papers out', async () => {
    await saveDigest(stores, [paperOf('1'), paperOf('2')]);
    const { drafted, draft } = drafting(({ isWanted }) => ({
      ids: isWanted ? ['2', '3'] : ['2'],
      engines: [model, local],
    }));
    const lines = await tried({ draft, model: 'gpt-test' });
    expect(lines).toContain('Added papers (1)');
    expect(lines.some((line) => line.startsWith('Removed papers'))).toBe(false);
    expect(drafted.every(({ only }) => only === undefined)).toBe(true);
  });

  it('says that cutoffs do not apply to the built-in scorer, and what to do', async () => {
    await saveDigest(stores, [paperOf('1'), paperOf('2')], { engines: [local] });
    const { drafted, draft } = drafting(() => ({ ids: ['1', '2'], engines: [local] }));
    const lines = await tried({ draft });
    const note = lines.findIndex((line) => line.startsWith('Cutoffs apply only to a language'));
    expect(lines[note]).toContain('For fewer papers, lower the papers per day; for other papers, change the topics.');
    expect(lines[note + 1]).toMatch(/^Preview of Tuesday, 8 July 2025/);
    expect(lines).toContain('The same papers would be posted.');
    expect(drafted).toHaveLength(1);
    expect((await edited({ draft })).some((line) => line.includes('Cutoffs apply only'))).toBe(false);
  });

  it('says that only the model’s scores show the effect of new cutoffs', async () => {
    await saveDigest(stores, [paperOf('1')]);
    const { draft } = drafting(() => ({ ids: ['1'], engines: [local] }));
    const lines = await tried({ draft, model: 'gpt-test' });
    expect(lines).toContainEqual(expect.stringContaining('Only the language model’s scores show what new cutoffs do'));
    expect(lines).toContain('Both lists have the same papers.');
  });
});
