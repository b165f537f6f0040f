import { afterEach, describe, expect, it } from 'vitest';
import { settingChange } from '../../../src/core/changes.ts';
import { createClock } from '../../../src/core/clock.ts';
import type { RunOutcome } from '../../../src/core/run.ts';
import type { ScoreQuery } from '../../../src/core/stores.ts';
import { noCommandBox } from '../../../src/pages/live/live-frame.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { matchedAt, paperOf } from '../../fakes/fixtures.ts';
import { createWeb, postDigest, type WebOptions } from '../../fakes/web.ts';
import { parsePage, textOf } from '../page.ts';

const [first, second] = ['2507.00001', '2507.00002'];
const model: ScoreQuery = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' };
const actor = { person: 'web:local:a' };
const onlooker = { person: undefined };

const open: { close(): void }[] = [];
afterEach(() => {
  for (const web of open.splice(0)) web.close();
});

const setUp = async (options: WebOptions = {}) => {
  const web = createWeb(options);
  open.push(web);
  await postDigest(web, [first, second]);
  const { site } = web.parts;
  const pageOf = async (path = 'foundations/2025-07-08.html', reader: Parameters<typeof site.file>[1] = actor) =>
    parsePage(String((await site.file(path, reader))?.body));
  return { web, site, pageOf };
};

const actionsOn = (page: Awaited<ReturnType<typeof parsePage>>, paper = 1) =>
  page.querySelectorAll(`#paper-${paper} .actions button`).map((one) => [textOf(one), one.getAttribute('value')]);

describe('the buttons under a paper', () => {
  it('are for similar papers and, with a language model, rescoring', async () => {
    const { pageOf } = await setUp({ hasModel: true });
    const page = await pageOf();
    expect(actionsOn(page, 2)).toEqual([
      ['Similar', `similar ${second}`],
      ['Rescore', `rescore ${second}`],
    ]);
    const form = page.querySelector('#paper-2 form.actions');
    expect([form?.getAttribute('action'), form?.querySelector('[name=page]')?.getAttribute('value')]).toEqual([
      'commands',
      '2025-07-08.html',
    ]);
  });

  it('do not include Rescore without a language model', async () => {
    const { pageOf } = await setUp();
    expect(actionsOn(await pageOf()).map(([label]) => label)).toEqual(['Similar']);
  });

  it('are missing for readers without rights, or if the channel takes no commands', async () => {
    const { web, pageOf } = await setUp({ hasModel: true });
    await saveDigest(web.stores, [paperOf('2507.00009')], { channel: 'reading' });
    expect(actionsOn(await pageOf(undefined, onlooker))).toEqual([]);
    expect(actionsOn(await pageOf('reading/2025-07-08.html'))).toEqual([]);
  });
});

describe('the page of a channel without a digest', () => {
  const pageOf = async (status?: RunOutcome) => {
    const web = createWeb({ clock: createClock(new Date('2025-07-08T14:00:00Z')) });
    open.push(web);
    web.activity.next('foundations', new Date('2025-07-09T13:00:00Z'));
    const run = { channel: 'foundations', startedAt: '2025-07-08T13:00:00.000Z', endedAt: '2025-07-08T13:01:00.000Z' };
    if (status) await web.stores.runs.add({ ...run, status, date: undefined, sent: 0, reasons: [] });
    const read = async (path: string) => parsePage(String((await web.parts.site.file(path, onlooker))?.body));
    return { web, front: await read('foundations/index.html'), all: await read('index.html') };
  };

  it('says when the first digest comes, and how to post it now', async () => {
    const { web, front, all } = await pageOf();
    expect(textOf(front.querySelector('main .card'))).toBe(
      'First digest of foundations: Wednesday at 09:00 (America/New_York). To post it now, type npm run -s paperboy -- run --channel foundations on the machine that runs Paperboy. This page reloads automatically.',
    );
    expect(front.querySelector('main .card time')?.getAttribute('datetime')).toBe('2025-07-09T13:00:00.000Z');
    expect(textOf(all.querySelector('.channel'))).toContain('First digest of foundations: Wednesday at 09:00');
    expect(textOf(all.querySelector('.channel'))).not.toContain('Earlier digests');
    const before = (await web.parts.site.state('foundations', undefined))?.content;
    web.activity.next('foundations', new Date('2025-07-09T14:00:00Z'));
    expect((await web.parts.site.state('foundations', undefined))?.content).not.toBe(before);
  });

  it.each([
    ['failed', 'The first digest of foundations could not be completed. Paperboy tries again'],
    ['no-announcement', 'arXiv has no new announcement for foundations yet. Paperboy looks again'],
  ] as const)('says when Paperboy tries again after a run that is %s', async (status, words) => {
    const { front } = await pageOf(status);
    expect(textOf(front.querySelector('main .card'))).toContain(`${words} Wednesday at 09:00 (America/New_York).`);
  });
});

describe('the line of a paused channel', () => {
  const lineOf = (page: Awaited<ReturnType<typeof parsePage>>) => textOf(page.querySelector('#activity [role=status]'));

  it('says so, with the time, and offers to resume it', async () => {
    const { web, pageOf } = await setUp({ isPaused: true });
    const by = { at: '2025-07-08T14:30:00.000Z', person: 'web:local:a' };
    await web.stores.changes.add(settingChange('foundations', { kind: 'pause', isPaused: true }, by));
    const page = await pageOf();
    expect(lineOf(page)).toBe('Paused on 8 July 2025 at 10:30 (America/New_York); nothing is posted.');
    expect(page.querySelector('#activity .resume button')?.getAttribute('value')).toBe('resume');
    expect(page.querySelector('#activity .resume')?.hasAttribute('hidden')).toBe(false);
    const read = await pageOf(undefined, onlooker);
    expect([lineOf(read), read.querySelector('#activity button')]).toEqual([lineOf(page), null]);
  });

  it('hides the offer if it is not paused', async () => {
    const { pageOf } = await setUp();
    expect((await pageOf()).querySelector('#activity .resume')?.hasAttribute('hidden')).toBe(true);
  });
});

describe('the missing command box', () => {
  it('is explained to readers with rights', async () => {
    const { web, pageOf } = await setUp();
    await saveDigest(web.stores, [paperOf('2507.00009')], { channel: 'reading' });
    const page = await pageOf('reading/2025-07-08.html');
    expect(textOf(page.querySelector('.dock'))).toBe(
      'reading accepts no votes or commands here. To change this, add web to its post list in the config file.',
    );
    expect(page.querySelector('#command')).toBeNull();
    expect((await pageOf('reading/2025-07-08.html', onlooker)).querySelector('.dock')).toBeNull();
    expect((await pageOf()).querySelector('.dock #command')).not.toBeNull();
    expect(textOf(parsePage(String(await noCommandBox('old', true))))).toBe(
      'old was removed in chat. Its pages stay, but it accepts no votes or commands.',
    );
  });
});

describe('a message in a channel', () => {
  it('has buttons only for readers with rights', async () => {
    const { web, pageOf } = await setUp();
    const buttons = [{ label: 'Show it', command: 'recap week' }];
    const message = { summary: 'Recap', blocks: [{ type: 'buttons' as const, buttons }] };
    await web.platform.send({ destination: 'web:foundations', key: 'recap', message });
    const labelsFor = async (reader: { person: string | undefined }) =>
      (await pageOf('foundations/index.html', reader)).querySelectorAll('.post .buttons button').map(textOf);
    expect([await labelsFor(actor), await labelsFor(onlooker)]).toEqual([['Show it'], []]);
  });

  it('changes the state of the page if it is edited or removed', async () => {
    const { web, site } = await setUp();
    const contents = new Set<string | undefined>();
    const look = async () => contents.add((await site.state('foundations', undefined))?.content);
    const request = { destination: 'web:foundations', key: 'a', message: { summary: 'One', blocks: [] } };
    const ref = await web.platform.send(request);
    await web.platform.send({ ...request, key: 'b' });
    await look();
    await look();
    expect(contents.size).toBe(1);
    await web.platform.edit(ref, { ...request, message: { summary: 'Two', blocks: [] } });
    await look();
    expect(contents.size).toBe(2);
    await web.platform.remove(ref, undefined);
    await look();
    expect(contents.size).toBe(3);
  });
});

describe('a rescored paper', () => {
  const rescore = async ({ web }: Awaited<ReturnType<typeof setUp>>, query = model, at = '2025-07-09T09:00:00.000Z') =>
    web.stores.scores.add(
      query,
      [{ paperId: first, version: 1, relevance: 3, novelty: 4, comment: 'Not so new after all.' }],
      at,
    );
  const shownOn = (page: Awaited<ReturnType<typeof parsePage>>) => textOf(page.querySelector('#paper-1'));

  it('shows the new and the old score at its old rank, and changes the state of the page', async () => {
    const under = await setUp({ hasModel: true });
    const stateOf = async () => (await under.site.state('foundations', '2025-07-08'))?.content;
    const before = await stateOf();
    expect(shownOn(await under.pageOf())).toMatch(/Relevance 9 Novelty 8 17 of 20/);
    await rescore(under);
    const page = await under.pageOf();
    expect(shownOn(page)).toMatch(/Relevance 3 Novelty 4 7 of 20 Rescored; was 9 \+ 8 cs\.LG Not so new after all\./);
    expect(page.querySelectorAll('#paper-2 .label').map(textOf).join()).not.toContain('Rescored');
    expect(await stateOf()).not.toBe(before);
    expect(page.querySelector('body')?.getAttribute('data-content')).toBe(await stateOf());
  });

  it('shows a score under topics that changed later', async () => {
    const under = await setUp({ hasModel: true, rubric: 'rubric-2' });
    await rescore(under, model, '2025-07-09T08:00:00.000Z');
    await under.web.stores.scores.saveRubric({
      ...{ hash: 'rubric-2', template: 't', topics: 'x', criteria: 'c', language: 'English' },
    });
    await under.web.stores.scores.add(
      { ...model, rubric: 'rubric-2' },
      [{ paperId: first, version: 1, relevance: 6, novelty: 5, comment: 'Under new topics.' }],
      '2025-07-09T09:00:00.000Z',
    );
    expect(shownOn(await under.pageOf())).toMatch(/Relevance 6 Novelty 5/);
  });

  it('keeps its score if only the built-in scorer gave another', async () => {
    const under = await setUp({ hasModel: true });
    const local = { ...model, engine: 'local', model: 'local-1' } as const;
    await under.web.stores.scores.add(local, [matchedAt(first, 1, 99.9)], '2025-07-09T09:00:00.000Z');
    expect(shownOn(await under.pageOf())).toMatch(/Relevance 9 Novelty 8/);
    expect(shownOn(await under.pageOf())).not.toContain('Rescored');
  });
});

describe('what fails now', () => {
  const problems: { text: string; fix: string }[] = [{ text: 'Slack <is> not connected.', fix: 'Run doctor.' }];

  it('is at the top of every page for people who may act', async () => {
    const { pageOf } = await setUp({ problems });
    for (const path of ['foundations/2025-07-08.html', 'foundations/index.html', 'index.html']) {
      const notice = (await pageOf(path)).querySelector('main > .problems');
      expect(textOf(notice)).toBe('Slack <is> not connected. Run doctor.');
    }
  });

  it('is hidden from other readers, and missing if everything works', async () => {
    const { pageOf } = await setUp({ problems });
    expect((await pageOf(undefined, onlooker)).querySelector('.problems')).toBeNull();
    const well = await setUp();
    expect((await well.pageOf()).querySelector('.problems')).toBeNull();
  });

  it('changes the fingerprint of open pages', async () => {
    const changing: { text: string; fix: string }[] = [];
    const { site } = await setUp({ problems: changing });
    const before = await site.state('foundations', undefined);
    changing.push(...problems);
    expect((await site.state('foundations', undefined))?.content).not.toBe(before?.content);
  });
});
