import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { compressionTopics, storeJudgedDays, writeDayFiles } from '../fakes/judged-days.ts';
import { configOf, createHome, type Home } from './harness.ts';
import { startModel } from './model.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

const homeWithDays = async (count: number, papers: number, env: Record<string, string> = {}): Promise<Home> => {
  const home = opened(
    await createHome({ config: configOf({ post: ['console'] }), files: { 'topics.md': compressionTopics }, env }),
  );
  await writeDayFiles(join(home.folder, 'days'), count, papers);
  return home;
};

describe('eval', () => {
  it('reports day files as a table, bars and a picture, with progress on stderr', async () => {
    const home = await homeWithDays(4, 40);
    const call = ['eval', '--days', 'days', '--history', '2', '--picture', 'days.svg'];
    const { code, stdout, stderr } = await home.run(call);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^local, 2 days of history, measured on 2\n\nday +papers +picks +AUC/);
    expect(stdout).toMatch(/\nAUC +█+▒*░* {2}[01]\.\d{3}\n/);
    expect(stdout).toMatch(/\nAUC by day +[▁-█]{2} {2}from [01]\.\d{3}/);
    expect(stderr).toMatch(/1 of up to 2 days: 2025-01-03, 40 papers, AUC [01]\.\d{3}\n/);
    expect(await readFile(join(home.folder, 'days.svg'), 'utf8')).toContain('2025-01-03 to 2025-01-04');
    expect(stderr).toContain(`Picture: ${join(home.folder, 'days.svg')}`);
  });

  it('prints only data with --json', async () => {
    const home = await homeWithDays(4, 40);
    const { code, stdout } = await home.run(['eval', '--days', 'days', '--engine', 'distilled', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'distilled', history: 2, days: [{ date: '2025-01-03' }, {}] });
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

  it('measures its own history by votes', async () => {
    const home = opened(await createHome({ config: configOf({ post: ['console'] }) }));
    const stores = openStores(join(home.folder, 'paperboy.db'));
    const dates = ['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-07', '2025-07-08', '2025-07-09'];
    await storeJudgedDays(stores, dates, { channel: 'gears' });
    stores.close();
    const { code, stdout } = await home.run(['eval', '--engine', 'openai', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'stored scores', overall: { auc: { mean: 1 } } });
  });

  it.each([
    [['--days', 'nowhere'], 1, /There is no folder nowhere\./],
    [['--history', 'many'], 2, /Write a number of days, such as 20/],
    [['--engine', 'magic'], 2, /Allowed choices are local, distilled, openai/],
    [['--channel', 'none'], 2, /There is no channel "none"/],
  ])('%j ends with %i and a sentence', async (more, expected, message) => {
    const home = opened(await createHome({ config: configOf({ post: ['console'] }) }));
    const { code, stdout, stderr } = await home.run(['eval', ...more]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
  });
});
