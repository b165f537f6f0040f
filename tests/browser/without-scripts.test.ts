import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { useVisits } from './visit.ts';

const paper = (page: Page, title: string): Locator =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });

const titles = (page: Page): Promise<string[]> => page.getByRole('article').getByRole('heading').allInnerTexts();

describeInBrowser('the page without scripts', () => {
  const { visitElsewhere } = useVisits();
  const visit = (path: string): Promise<Page> => visitElsewhere(path, { javaScriptEnabled: false });

  it('searches, exports and empties the reading list', async () => {
    const page = await visit('gears/2025-07-08.html');
    for (const title of ['Worm drives', 'Planetary', 'Teeth that mesh']) {
      await paper(page, title).getByRole('button', { name: 'Save', exact: true }).click();
      await paper(page, title).getByRole('button', { name: 'Saved', exact: true }).waitFor();
    }
    await page.getByRole('link', { name: 'Reading list' }).click();
    await page.getByText('3 papers', { exact: true }).waitFor();
    const item = (title: string): Locator => page.getByRole('listitem').filter({ hasText: title });
    await item('Worm drives').getByText('Abstract', { exact: true }).click();
    await item('Worm drives').getByText('The teeth mesh as they should').waitFor();

    await page.getByLabel('Search your list').fill('planetary');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('1 of 3 papers').waitFor();
    for (const [name, file, text] of [
      ['BibTeX', 'saved.bib', 'Planetary trains'],
      ['RIS', 'saved.ris', /^TY {2}- /],
      ['CSL-JSON', 'saved.json', '"title": "Planetary trains'],
    ] as const) {
      const download = page.waitForEvent('download');
      await page.getByText('Export as').getByRole('link', { name, exact: true }).click();
      expect((await download).suggestedFilename()).toBe(file);
      const body = await readFile(await (await download).path(), 'utf8');
      expect(body).toMatch(text);
      expect(body).not.toContain('Worm drives');
    }

    // The search stays while its papers are removed.
    await item('Planetary').getByRole('button', { name: 'Saved' }).click();
    await page.getByText('No saved paper contains these words.').waitFor();
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByText('2 papers', { exact: true }).waitFor();
    await item('Teeth that mesh').getByRole('button', { name: 'Saved' }).click();
    await page.getByText('1 paper', { exact: true }).waitFor();
    // The next paper takes its position.
    expect(new URL(page.url()).hash).toBe('#saved-1');
    await item('Worm drives').getByRole('button', { name: 'Saved' }).click();
    await page.getByText('Your reading list is empty.').waitFor();
  });

  it('filters by each criterion, and shows all papers again', async () => {
    const page = await visit('gears/');
    const filter = async (fill: () => Promise<unknown>, count: string): Promise<string[]> => {
      await page.locator('#filter').click();
      await fill();
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByText(count, { exact: true }).waitFor();
      const shown = await titles(page);
      await page.getByRole('link', { name: 'Show all' }).click();
      expect(await titles(page)).toHaveLength(4);
      return shown;
    };
    expect(await filter(() => page.getByLabel('Topic').selectOption('Gear trains'), '4 of 4 papers')).toHaveLength(4);
    const byAuthor = await filter(() => page.getByLabel('Author').fill('ucuncu'), '1 of 4 papers');
    expect(byAuthor.join()).toContain('Planetary');
    expect(await filter(() => page.getByLabel('Minimum score').fill('16'), '2 of 4 papers')).toHaveLength(2);
    const worm = paper(page, 'Worm drives');
    await worm.getByText('More', { exact: true }).click();
    await worm.getByRole('button', { name: 'Mark read' }).click();
    const unread = await filter(() => page.getByLabel('Unread only').check(), '3 of 4 papers');
    expect(unread.join()).not.toContain('Worm drives');
  });

  it('opens abstracts, BibTeX and numbers, and returns to the paper after a vote', async () => {
    const page = await visit('gears/');
    const teeth = paper(page, 'Teeth that mesh');
    await teeth.getByText('Abstract', { exact: true }).click();
    await teeth.getByText('The teeth mesh as they should').waitFor();
    await teeth.getByRole('button', { name: 'for this paper' }).click();
    await teeth.getByRole('button', { name: '1 for this paper' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#paper-4');
    await teeth.getByText('More', { exact: true }).click();
    await teeth.getByText('BibTeX', { exact: true }).click();
    expect(await teeth.locator('pre').innerText()).toContain('@misc{');
    await page.locator('#numbers').click();
    expect(await page.getByRole('navigation', { name: 'Contents' }).isVisible()).toBe(true);
  });
});
