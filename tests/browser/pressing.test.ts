import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Answer, type Message, textMessage } from '../../src/core/message.ts';
import type { CommandRequest } from '../../src/core/platform.ts';
import { postDigest, startWeb } from '../fakes/web.ts';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { eventually, useVisitsOf } from './visit.ts';

const bib = '@article{first2025,\n  title = {Gears}\n}\n';

const menu: Message = {
  summary: 'What you can do',
  blocks: [
    {
      type: 'chart',
      chart: {
        title: 'Papers a day',
        bars: Array.from({ length: 12 }, (_, day) => ({
          label: `${day + 1} July`,
          value: day,
          shown: `${day} papers`,
        })),
      },
    },
    {
      type: 'buttons',
      buttons: [
        { label: 'Edit the topics', command: 'topics edit', style: 'primary' },
        { label: 'Count', command: 'count' },
        { label: 'Take it back', command: 'retract', style: 'danger' },
      ],
    },
  ],
  files: [{ name: 'list.bib', mediaType: 'application/x-bibtex', text: bib }],
};

const form: Answer = {
  form: {
    title: 'Change the topics',
    intro: 'What the channel reads.',
    fields: [
      { name: 'topics', label: 'Topics', kind: 'text', value: 'Gears', hint: 'One a line', required: true },
      { name: 'relevance', label: 'Relevance from', kind: 'number', value: '7', required: true },
      {
        ...{ name: 'language', label: 'Language', kind: 'choice', value: 'de', required: true },
        options: ['en', 'de'].map((value) => ({ label: value, value })),
      },
      { name: 'why', label: 'Why', kind: 'line', required: false },
    ],
    submit: { label: 'Save', command: 'topics save' },
  },
};

const start = async () => {
  const web = await startWeb({ hasModel: true });
  const received: string[] = [];
  let held = Promise.withResolvers<void>();
  await web.platform.listen({
    async command({ text = '', fields, progress }: CommandRequest) {
      received.push(text);
      if (text === 'menu') return menu;
      if (text === 'topics edit') return form;
      if (text === 'topics save') return textMessage(`Saved ${JSON.stringify(fields)}.`);
      if (text !== 'count') return textMessage(`You typed ${text}.`);
      await progress?.(textMessage('1 of 2 counted.'));
      await held.promise;
      held = Promise.withResolvers();
      return textMessage('All counted.');
    },
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  });
  await postDigest(web, ['2507.00001', '2507.00002']);
  return { url: web.url, received, finish: () => held.resolve(), close: () => web.close() };
};

const hasFocus = async (one: Locator): Promise<boolean> => (await one.and(one.page().locator(':focus')).count()) === 1;

const newest = (page: Page): Locator => page.locator('.exchange').last();

describeInBrowser('buttons and forms', () => {
  const { visit, visitElsewhere, served } = useVisitsOf(start);

  const say = async (page: Page, text: string): Promise<void> => {
    const box = page.getByLabel('Ask Paperboy: /arxiv');
    await box.fill(text);
    await box.press('Enter');
  };
  const openMenu = async (page: Page): Promise<void> => {
    await say(page, 'menu');
    await page.getByRole('button', { name: 'Count' }).waitFor();
  };

  it('answers a button below it and scrolls there', async () => {
    const page = await visit('foundations/');
    await openMenu(page);
    await page.getByRole('button', { name: 'Take it back' }).press('Enter');
    await eventually(() => newest(page).innerText()).toMatch(/\/arxiv retract\s+You typed retract\./);
    expect(await page.locator('.exchange').count()).toBe(2);
    expect(await hasFocus(newest(page))).toBe(true);
  });

  it('focuses the first field of a form, sends it once, and keeps its values', async () => {
    const page = await visit('foundations/');
    await openMenu(page);
    await page.getByRole('button', { name: 'Edit the topics' }).click();
    const topics = page.getByLabel('Topics');
    await topics.waitFor();
    await eventually(() => hasFocus(topics)).toBe(true);
    await topics.fill('Gears\nTrains');
    await page.getByLabel('Language').selectOption('en');
    await page.getByRole('button', { name: 'Save', exact: true }).and(page.locator('.fill button')).click();
    const fields = { topics: 'Gears\nTrains', relevance: '7', language: 'en', why: '' };
    await eventually(() => newest(page).locator('.reply').innerText()).toBe(`Saved ${JSON.stringify(fields)}.`);
    expect(await topics.inputValue()).toBe('Gears\nTrains');
    expect(await hasFocus(newest(page))).toBe(true);
  });

  it('does not send a form without its required fields', async () => {
    const page = await visit('foundations/');
    await say(page, 'topics edit');
    const topics = page.getByLabel('Topics');
    await eventually(() => hasFocus(topics)).toBe(true);
    const before = served().received.length;
    await topics.fill('');
    await page.locator('.fill button').click();
    expect(await page.locator('.exchange').count()).toBe(1);
    expect(served().received).toHaveLength(before);
  });

  it("replaces a command's progress by its answer, and ignores a second press", async () => {
    const page = await visit('foundations/');
    await openMenu(page);
    const count = page.getByRole('button', { name: 'Count' });
    await count.click();
    await eventually(() => newest(page).locator('.reply').innerText()).toBe('1 of 2 counted.');
    await count.click();
    served().finish();
    await eventually(() => newest(page).locator('.reply').innerText()).toBe('All counted.');
    expect(await page.locator('.exchange').count()).toBe(2);
    expect(served().received.filter((text) => text === 'count')).toHaveLength(1);
  });

  it('asks about a paper from its card', async () => {
    const page = await visit('foundations/');
    const paper = page.getByRole('article', { name: 'Title of 2507.00002' });
    await paper.getByText('More', { exact: true }).click();
    for (const [label, command] of [
      ['Similar', 'similar 2507.00002'],
      ['Rescore', 'rescore 2507.00002'],
    ] as const) {
      await paper.getByRole('button', { name: label }).click();
      await eventually(() => newest(page).locator('.reply').innerText()).toBe(`You typed ${command}.`);
      expect(await hasFocus(newest(page))).toBe(true);
    }
  });

  it('downloads a file unchanged', async () => {
    const page = await visit('foundations/');
    await openMenu(page);
    await page.getByText('list.bib', { exact: true }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save list.bib' }).click();
    expect((await download).suggestedFilename()).toBe('list.bib');
    expect(await readFile(await (await download).path(), 'utf8')).toBe(bib);
  });

  it('has no axe findings with a form, a chart, a file and buttons open', async () => {
    const page = await visit('foundations/');
    await openMenu(page);
    await page.getByText('list.bib', { exact: true }).click();
    for (const times of [1, 2]) {
      await page.getByRole('button', { name: 'Edit the topics' }).click();
      await eventually(() => page.locator('.fill').count()).toBe(times);
    }
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });

  it('works without scripts', async () => {
    const page = await visitElsewhere('foundations/', { javaScriptEnabled: false });
    await say(page, 'menu');
    await page.getByText('list.bib', { exact: true }).click();
    await page.getByText('title = {Gears}').waitFor();
    await page.getByRole('button', { name: 'Edit the topics' }).click();
    await page.getByLabel('Topics').fill('Trains');
    await page.locator('.fill button').click();
    const fields = { topics: 'Trains', relevance: '7', language: 'de', why: '' };
    await eventually(() => newest(page).locator('.reply').innerText()).toBe(`Saved ${JSON.stringify(fields)}.`);
    await page
      .getByRole('article', { name: 'Title of 2507.00001' })
      .getByRole('button', { name: 'Similar', exact: true })
      .click();
    await eventually(() => newest(page).locator('.reply').innerText()).toBe('You typed similar 2507.00001.');
  });
});
