import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { stopOf } from './focus.ts';
import { eventually, useVisits } from './visit.ts';

const paper = (page: Page, title: string): Locator =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });

const titles = (page: Page): Promise<string[]> => page.getByRole('article').getByRole('heading').allInnerTexts();

describeInBrowser('reading as a person', () => {
  const { visit, visitElsewhere } = useVisits();

  it('saves a paper with one press, shows it on the reading list, and removes it with another', async () => {
    const page = await visit('gears/');
    const worm = paper(page, 'Worm drives');
    await worm.getByRole('button', { name: 'Save', exact: true }).click();
    await worm.getByRole('button', { name: 'Saved', exact: true }).waitFor();
    expect(await page.getByRole('log').isVisible()).toBe(false);
    await page.reload();
    await page.getByRole('link', { name: 'Reading list' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Reading list');
    await page.getByLabel('Search your list').fill('worm first');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1 paper').waitFor();
    for (const [name, type] of [
      ['BibTeX', 'application/x-bibtex'],
      ['RIS', 'application/x-research-info-systems'],
      ['CSL-JSON', 'application/vnd.citationstyles.csl+json'],
    ] as const) {
      const href = await page.getByRole('main').getByRole('link', { name, exact: true }).getAttribute('href');
      const answer = await page.request.get(new URL(href ?? '', page.url()).href);
      expect(answer.headers()['content-type']).toContain(type);
    }
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.getByRole('button', { name: 'Saved', exact: true }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor();
    await page.reload();
    await page.getByText('Your reading list is empty.').waitFor();
  });

  it('marks opened papers as read, and filters by topic, author, score and unread', async () => {
    const page = await visit('gears/');
    const worm = paper(page, 'Worm drives');
    await worm.getByText('Abstract', { exact: true }).click();
    await eventually(() => worm.getAttribute('class')).toContain('seen');
    await page.getByText('Filter', { exact: true }).first().click();
    await page.getByLabel('Unread only').check();
    await page.getByLabel('Minimum score').fill('14');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('2 of 4 papers', { exact: true }).waitFor();
    // Empty fields are not in the address.
    expect(new URL(page.url()).search).toBe('?min=14&unread=1');
    expect((await titles(page)).join()).not.toContain('Worm drives');
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.getByRole('link', { name: 'Show all' }).click();
    expect(await titles(page)).toHaveLength(4);
    await page.goto(new URL('?author=ucuncu', page.url()).href);
    expect(await page.getByRole('article').count()).toBe(1);
  });

  it('moves, opens, saves and marks with single keys, and shows them on a question mark', async () => {
    const page = await visit('gears/');
    await page.keyboard.press('j');
    expect((await stopOf(page)).words).toMatch(/^Planetary trains/);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect((await stopOf(page)).words).toMatch(/^Worm drives/);
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    const best = paper(page, 'Planetary');
    await page.keyboard.press('o');
    await best.getByText('We show that').waitFor();
    await eventually(() => best.getAttribute('class')).toContain('seen');
    await page.keyboard.press('u');
    await eventually(() => best.getAttribute('class')).not.toContain('seen');
    await page.keyboard.press('s');
    await best.getByRole('button', { name: 'Saved', exact: true }).waitFor();
    expect(await best.getAttribute('class')).toContain('kept');
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keys' });
    await sheet.getByText('Next paper').waitFor();
    expect(await faultsInAllLooks(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await sheet.isVisible()).toBe(false);
    const box = page.getByLabel('Ask Paperboy: /arxiv');
    await box.pressSequentially('josu?');
    expect(await box.inputValue()).toBe('josu?');
    expect(await sheet.isVisible()).toBe(false);
  });

  it('copies the link and the BibTeX of a paper', async () => {
    const page = await visitElsewhere('gears/', { permissions: ['clipboard-read', 'clipboard-write'] });
    const best = page.getByRole('article').first();
    const placesOf = async () => [
      await best.getByText('More', { exact: true }).boundingBox(),
      await best.getByRole('button', { name: 'for this paper' }).boundingBox(),
    ];
    const before = await placesOf();
    await best.getByText('More', { exact: true }).click();
    // The menu opens below the row and moves nothing in it.
    expect(await placesOf()).toEqual(before);
    await best.getByRole('link', { name: 'Link', exact: true }).click();
    await best.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
    expect(await copied()).toBe(new URL('/gears/2025-07-08.html#paper-1', page.url()).href);
    await best.getByText('BibTeX', { exact: true }).click();
    await best.getByRole('button', { name: 'Copy' }).click();
    await eventually(copied).toContain('@misc{');
  });
});
