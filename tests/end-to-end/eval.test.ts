import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStores } from '../../db/index.ts';
import { storeJudgedDays } from '../fakes/judged-days.ts';
import { inventedDay } from '../scoring/built-in/papers.ts';
import { configOf, createHome, type Home } from './harness.ts';
import { startModel } from './model.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

const topics = '1. Model Compression\n   - Relevant: Sparsity, pruning, quantization, KV cache.\n';

/** A home with invented day files, whose picks are the papers that mention compression most. */
const homeWithDays = async (count: number, papers: number, env: Record<string, string> = {}): Promise<Home> => {
  const home = opened(
    await createHome({ config: configOf({ post: ['console'] }), files: { 'topics.md': topics }, env }),
  );
  await mkdir(join(home.folder, 'days'));
  for (let at = 1; at <= count; at += 1) {
    const date = `2025-01-0${at}`;
    const day = inventedDay(`d${at}`, papers, at);
    const labels = day.filter(
      ({ abstract }) => (abstract.match(/pruning|quantization|sparsity|cache/g) ?? []).length > 4,
    );
    const file = {
      date,
      papers: day.map((paper) => ({ ...paper, authors: ['Ada First'] })),
      labels: Object.fromEntries(labels.map(({ id }) => [id, { relevance: 9, novelty: 8 }])),
    };
    await writeFile(join(home.folder, 'days', `${date}.json`), JSON.stringify(file));
  }
  return home;
};

describe('eval', () => {
  it('reports day files as a table, bars and a picture, with progress on stderr', async () => {
    const home = await homeWithDays(4, 90);
    const { code, stdout, stderr } = await home.run([
      'eval',
      '--days',
      'days',
      '--history',
      '2',
      '--picture',
      'days.svg',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^local, 2 days of history, measured on 2\n\nday +papers +picks +AUC/);
    expect(stdout).toMatch(/\nAUC +█+▒*░* {2}0\.\d{3}\n/);
    expect(stdout).toMatch(/\nAUC by day +[▁-█]{2} {2}from 0\.\d{3}/);
    expect(stderr).toMatch(/1 of up to 2 days: 2025-01-03, 90 papers, AUC 0\.\d{3}\n/);
    expect(await readFile(join(home.folder, 'days.svg'), 'utf8')).toContain('2025-01-03 to 2025-01-04');
    expect(stderr).toContain(`Picture: ${join(home.folder, 'days.svg')}`);
    const refused = await home.run(['eval', '--days', 'days', '--picture', 'nowhere/days.svg']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('The picture cannot be written to nowhere/days.svg (ENOENT).');
    expect(refused.stderr).not.toContain('of up to');
  });

  it('prints only data with --json, the same each time, also for another topics file', async () => {
    const home = await homeWithDays(4, 90);
    await writeFile(join(home.folder, 'other.md'), '1. Boats\n   - Relevant: ferry, anchor, lighthouse.\n');
    const call = ['eval', '--days', 'days', '--engine', 'distilled', '--json'];
    const [first, again] = [await home.run(call), await home.run(call)];
    expect(again.stdout).toBe(first.stdout);
    const data = JSON.parse(first.stdout);
    expect(data).toMatchObject({ engine: 'distilled', history: 2, days: [{ date: '2025-01-03' }, {}] });
    const auc = async (more: string[]) =>
      JSON.parse((await home.run(['eval', '--days', 'days', '--json', ...more])).stdout).overall.auc.mean;
    expect(await auc([])).toBeGreaterThan(0.9);
    const last = await home.run(['eval', '--days', 'days', '--json', '--last', '1']);
    expect(JSON.parse(last.stdout).days).toEqual([expect.objectContaining({ date: '2025-01-04' })]);
    expect(await auc(['--topics', 'other.md'])).toBeLessThan(0.8);
  });

  it('measures the configured model, and reports no figures if it stops', async () => {
    const even = () => ({ relevance: 5, novelty: 5, comment: 'Even.' });
    const refusal = { error: { message: 'Incorrect API key', type: 'invalid_request_error' }, status: 401 };
    const model = opened(await startModel(even));
    const refusing = opened(await startModel(even, () => refusal));
    const home = await homeWithDays(2, 8, model.env);
    const { code, stdout } = await home.run(['eval', '--days', 'days', '--engine', 'openai', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'gpt-4o-mini', history: 0 });
    const broke = await home.run(['eval', '--days', 'days', '--engine', 'openai'], refusing.env);
    expect(broke).toMatchObject({ code: 1, stdout: '' });
    expect(broke.stderr).toMatch(/2025-01-0\d could not be scored completely: /);
  });

  it('measures its own history by votes, and says what is missing if there are too few', async () => {
    const home = opened(await createHome({ config: configOf({ post: ['console'] }) }));
    const none = await home.run(['eval']);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/gears needs 3 days .* but has 0 \(of 0 days with a digest/);
    const stores = openStores(join(home.folder, 'paperboy.db'));
    const dates = ['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-07', '2025-07-08', '2025-07-09'];
    await storeJudgedDays(stores, dates, { channel: 'gears' });
    stores.close();
    const { code, stdout } = await home.run(['eval', '--engine', 'openai', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'stored scores', overall: { auc: { mean: 1 } } });
    expect(await home.run(['eval', '--history', '4'])).toMatchObject({ code: 1 });
  });

  it.each([
    [['--days', 'nowhere'], 1, /There is no folder nowhere\./],
    [['--days', '.'], 1, /has no day files, such as/],
    [['--days', 'days', '--topics', 'none.md'], 1, /topics file none\.md does not exist/],
    [['--days', 'days', '--history', '9'], 1, /has a pick and 9 days before it\. Set a smaller --history/],
    [['--days', 'days', '--picture', 'no/such.svg'], 1, /The picture cannot be written to no\/such\.svg/],
    [['--days', 'days', '--engine', 'openai'], 1, /No language model is configured/],
    [['--days', 'days', '--history', 'many'], 2, /Write a number of days, such as 20/],
    [['--days', 'days', '--engine', 'magic'], 2, /Allowed choices are local, distilled, openai/],
    [['--days', 'days', '--channel', 'none'], 2, /There is no channel "none"/],
  ])('%j ends with %i and a sentence', async (more, expected, message) => {
    const home = await homeWithDays(2, 20);
    const { code, stdout, stderr } = await home.run(['eval', ...more]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
  });

  it('names a file that is not a day file, and its fault', async () => {
    const home = await homeWithDays(1, 5);
    await writeFile(join(home.folder, 'days', '2025-01-02.json'), '{"date": "2025-01-02", "papers": [{"id": 4}]}');
    const { code, stderr } = await home.run(['eval', '--days', 'days']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/2025-01-02\.json is not a valid day file: papers\.0\.id: /);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
