import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { postDigest, startWeb } from '../fakes/web.ts';
import { describeInBrowser } from './browser.ts';
import { stopOf, stopsOf, tabTo } from './focus.ts';
import { eventually, useVisits, useVisitsOf } from './visit.ts';

const paper = (page: Page, title: string): Locator =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });

const hasFocus = async (one: Locator): Promise<boolean> => (await one.and(one.page().locator(':focus')).count()) === 1;

const focused = async (page: Page): Promise<string> => (await stopOf(page)).words;

describeInBrowser('the keyboard alone', () => {
  const { visit } = useVisits();

  it('opens, fills in, sends and clears the filter, and closes it with Escape', async () => {
    const page = await visit('gears/2025-07-08.html');
    await tabTo(page, 'Filter');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Author');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Filter');
    expect(await page.getByLabel('Author').isVisible()).toBe(false);

    await page.keyboard.press('Enter');
    await tabTo(page, /^Topic/);
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'Minimum score');
    await page.keyboard.type('14');
    await tabTo(page, 'Unread only');
    await page.keyboard.press('Space');
    expect(await page.getByLabel('Unread only').isChecked()).toBe(true);
    await tabTo(page, 'Filter');
    await page.keyboard.press('Enter');
    await page.getByText('3 of 4 papers', { exact: true }).waitFor();
    expect(await page.getByRole('article').count()).toBe(3);
    // The reader goes on where they were, and sees the date above.
    expect(await focused(page)).toBe('3 of 4 papers');
    expect(await page.evaluate('scrollY')).toBe(0);
    await tabTo(page, 'Show all');
    await page.keyboard.press('Enter');
    await eventually(() => page.getByRole('article').count()).toBe(4);
    expect(await focused(page)).toBe('Filter');
  });

  it('opens the menu of a paper, reads its BibTeX, and closes one after the other with Escape', async () => {
    const page = await visit('gears/');
    const worm = paper(page, 'Worm drives');
    await worm.getByText('More', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await tabTo(page, 'Mark read');
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toBe('Mark unread');
    await tabTo(page, 'BibTeX');
    await page.keyboard.press('Enter');
    await tabTo(page, /^@misc\{/);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('BibTeX');
    expect(await worm.locator('pre').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('More');
    expect(await worm.getByText('BibTeX', { exact: true }).isVisible()).toBe(false);
  });

  it('opens an abstract, votes and saves, and keeps the focus', async () => {
    const page = await visit('gears/');
    const best = paper(page, 'Planetary');
    await best.getByText('Abstract', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await best.getByText('We show that').waitFor();
    await page.keyboard.press('Escape');
    expect(await best.getByText('We show that').isVisible()).toBe(false);
    expect(await focused(page)).toBe('Abstract');
    await tabTo(page, 'Save');
    await page.keyboard.press('Space');
    await eventually(() => focused(page)).toBe('Saved');
    await tabTo(page, /for this paper$/);
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toMatch(/1 for this paper$/);
    await tabTo(page, /against this paper$/);
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toMatch(/1 against this paper$/);
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toMatch(/0 against this paper$/);
  });

  it('closes answers with Escape, and returns to the button that asked', async () => {
    const page = await visit('gears/');
    const answers = page.getByRole('log', { name: 'Answers' });
    const similar = paper(page, 'Worm drives').getByRole('button', { name: 'Similar' });
    await similar.focus();
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toMatch(/^\/arxiv similar 2507\.00001/);
    await page.keyboard.press('Escape');
    expect(await answers.isVisible()).toBe(false);
    expect(await hasFocus(similar)).toBe(true);

    await page.keyboard.press('/');
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    expect(await hasFocus(page.getByLabel('Ask Paperboy: /arxiv'))).toBe(true);
    await page.keyboard.press('Escape');
    expect(await hasFocus(similar)).toBe(true);

    await page.keyboard.press('/');
    await page.keyboard.type('top 2');
    await page.keyboard.press('Enter');
    await answers.getByRole('link', { name: /^Planetary/ }).waitFor();
    await page.getByRole('button', { name: 'Close answers' }).focus();
    await page.keyboard.press('Enter');
    expect(await hasFocus(similar)).toBe(true);
  });

  it('returns from the sheet of keys to where the focus was', async () => {
    const page = await visit('gears/');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const before = await focused(page);
    const sheet = page.getByRole('dialog', { name: 'Keys' });
    for (const close of ['Escape', '?', 'Enter']) {
      await page.keyboard.press('?');
      await sheet.waitFor();
      expect(await focused(page)).toBe('Close');
      await page.keyboard.press(close);
      expect(await sheet.isVisible()).toBe(false);
      expect(await focused(page)).toBe(before);
    }
  });

  it('moves the slider, and closes its part with Escape', async () => {
    const page = await visit('gears/');
    await tabTo(page, /Numbers$/);
    await page.keyboard.press('Enter');
    await tabTo(page, 'Fewer or more papers');
    await page.keyboard.press('Home');
    await eventually(() => page.locator('output').innerText()).toMatch(/^1 paper:/);
    await tabTo(page, 'Preview and save');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByRole('button', { name: 'Save', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Preview and save');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toMatch(/Numbers$/);
    expect(await page.getByRole('slider').isVisible()).toBe(false);
  });

  it('opens and closes the list of days on a phone', async () => {
    const page = await visit('gears/');
    await page.setViewportSize({ width: 390, height: 844 });
    await tabTo(page, 'Channels and days');
    await page.keyboard.press('Enter');
    await tabTo(page, /^Tue 8 Jul/);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Channels and days');
    expect(await page.getByRole('link', { name: 'Reading list' }).isVisible()).toBe(false);
  });

  it('searches, reads, exports and clears the reading list', async () => {
    const page = await visit('gears/');
    for (const title of ['Worm drives', 'Planetary']) {
      const button = paper(page, title).getByRole('button', { name: 'Save', exact: true });
      if ((await button.count()) === 1) await button.press('Enter');
      await paper(page, title).getByRole('button', { name: 'Saved', exact: true }).waitFor();
    }
    await page.evaluate('document.activeElement.blur()');
    await tabTo(page, 'Reading list');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Reading list' }).waitFor();
    await tabTo(page, 'Search your list');
    await page.keyboard.type('worm');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 2 papers').waitFor();
    expect(await focused(page)).toBe('Search your list');
    for (const name of ['BibTeX', 'RIS', 'CSL-JSON']) {
      await tabTo(page, name);
      const download = page.waitForEvent('download');
      await page.keyboard.press('Enter');
      expect((await download).suggestedFilename()).toMatch(/^saved\.(?:bib|ris|json)$/);
    }
    await page.keyboard.press('j');
    expect(await focused(page)).toMatch(/^Worm drives/);
    await page.keyboard.press('o');
    await page.getByText('The teeth mesh as they should').waitFor();
    await tabTo(page, 'Abstract');
    await page.keyboard.press('Escape');
    expect(await page.getByText('The teeth mesh as they should').isVisible()).toBe(false);
    await tabTo(page, 'Saved');
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toBe('Save');
    await page.keyboard.press('k');
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Saved', exact: true }).waitFor();
  });

  it.each([
    [
      'the day with everything open',
      'gears/',
      'for (const one of document.querySelectorAll("details")) one.open = true',
    ],
    ['the reading list', 'gears/saved.html', ''],
    ['the month', 'gears/2025-07.html', ''],
  ])('shows the focus on every stop of %s', async (_name, path, prepare) => {
    const page = await visit(path);
    await page.evaluate(prepare);
    const stops = await stopsOf(page);
    expect(stops.length).toBeGreaterThan(10);
    expect(stops.filter(({ isShown, isMarked }) => !isShown || !isMarked)).toEqual([]);
  });
});

const ids = ['2507.00001', '2507.00002', '2507.00003'];

const start = async () => {
  const web = await startWeb({ hasModel: true });
  await web.listen();
  await postDigest(web, ids);
  const rescore = async (paperId: string, relevance: number): Promise<void> => {
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
    const verdict = { paperId, version: 1, relevance, novelty: 4, comment: 'Changed.' };
    await web.stores.scores.add(query, [verdict], `2025-07-09T0${relevance}:00:00.000Z`);
  };
  return { url: web.url, rescore, close: () => web.close() };
};

describeInBrowser('the focus during a live update', () => {
  const { visit, served } = useVisitsOf(start);
  const changed = (page: Page, relevance: number): Locator => page.getByText(`Rescored; was 9 + 8`).nth(relevance);

  it('stays on the control of the same paper, and keeps open what was open', async () => {
    const page = await visit('foundations/');
    // Tall, so that nothing scrolls: a reader who has scrolled gets an offer instead.
    await page.setViewportSize({ width: 1280, height: 3000 });
    await tabTo(page, /Numbers$/);
    await page.keyboard.press('Enter');
    const second = page.getByRole('article', { name: 'Title of 2507.00002' });
    await second.getByText('More', { exact: true }).press('Enter');
    await tabTo(page, 'Mark read');
    await served().rescore('2507.00001', 5);
    await changed(page, 0).waitFor();
    expect(await focused(page)).toBe('Mark read');
    expect(await hasFocus(second.getByRole('button', { name: 'Mark read' }))).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Contents' }).isVisible()).toBe(true);
  });

  it('does not empty a field that is being filled in', async () => {
    const page = await visit('foundations/');
    await tabTo(page, 'Filter');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Author');
    await page.keyboard.type('Ada');
    await served().rescore('2507.00003', 6);
    const offer = page.getByRole('button', { name: 'Show new content' });
    await offer.waitFor();
    expect(await page.getByLabel('Author').inputValue()).toBe('Ada');
    expect(await focused(page)).toBe('Author');
    await offer.click();
    await changed(page, 1).waitFor();
  });
});
