import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { stopOf, stopsOf } from './focus.ts';
import { eventually, useVisits } from './visit.ts';

/** Opens every folded part. */
const unfold = (page: Page): Promise<void> =>
  page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);

describeInBrowser('the page for every reader', () => {
  const { visit } = useVisits({ channels: ['gears', 'bearings'] });

  it.each([
    ['the page of a day', 'gears/2025-07-08.html'],
    ['that of a month', 'gears/2025-07.html'],
    ['the first of two channels', ''],
  ])('has no axe findings or sideways scrolling on %s', async (_name, path) => {
    const page = await visit(path);
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await unfold(page);
    expect(await scrollsSideways(page)).toBe(false);
  });

  it.each([
    ['a day', 'gears/2025-07-08.html'],
    ['the reading list', 'gears/saved.html'],
  ])('has no axe findings with the filter, menus, numbers and files of %s open', async (_name, path) => {
    const page = await visit('gears/2025-07-08.html');
    const save = page.getByRole('button', { name: 'Save', exact: true }).first();
    await save.click();
    await page.getByRole('button', { name: 'Saved', exact: true }).waitFor();
    await visit(path);
    await unfold(page);
    expect(await page.getByText('BibTeX', { exact: true }).first().isVisible()).toBe(true);
    expect(await page.locator('form.slider').count()).toBe(path.includes('saved') ? 0 : 1);
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });

  it('has no axe findings with an answer, suggestions and all abstracts open', async () => {
    const page = await visit('gears/');
    const box = page.getByLabel('Ask Paperboy: /arxiv');
    await box.fill('top 5');
    await box.press('Enter');
    await page.getByRole('log').getByRole('link').first().waitFor();
    await page.getByRole('button', { name: 'for this paper' }).first().click();
    await unfold(page);
    await box.press('t');
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    await box.press('ArrowDown');
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });

  it('reaches every control in page order and shows the focus', async () => {
    const stops = await stopsOf(await visit('gears/'));
    const words = stops.map((stop) => stop.words);
    const controls = [
      /^Skip to the papers/,
      /^# ?gears/,
      /Planetary trains/,
      /for this paper$/,
      /against this paper$/,
      /^Ask Paperboy/,
    ];
    const order = controls.map((pattern) => words.findIndex((one) => pattern.test(one)));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(words.filter((one) => /for this paper$/.test(one))).toHaveLength(4);
    expect(stops.filter(({ isShown, isMarked }) => !isShown || !isMarked)).toEqual([]);
  });

  it('leaves the command box with Tab, even with suggestions', async () => {
    const page = await visit('gears/');
    const box = page.getByLabel('Ask Paperboy: /arxiv');
    await box.focus();
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    await page.keyboard.press('Tab');
    expect((await stopOf(page)).words).toBe('Ask');
    expect(await box.inputValue()).toBe('');
  });

  it('skips to the papers, opens an abstract and votes', async () => {
    const page = await visit('gears/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#papers');
    const best = page.getByRole('article').first();
    await best.getByText('Abstract', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await best.getByText('We show that').waitFor();
    const vote = best.getByRole('button', { name: 'for this paper' });
    await vote.focus();
    await page.keyboard.press('Space');
    await eventually(() => vote.getAttribute('aria-pressed')).toBe('true');
    expect((await stopOf(page)).words).toMatch(/for this paper$/);
  });
});
