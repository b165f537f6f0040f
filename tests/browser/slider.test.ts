import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { eventually, useVisits } from './visit.ts';

describeInBrowser('the slider for fewer or more papers', () => {
  const { visit, visitElsewhere } = useVisits();

  it('previews with the keyboard how many papers other cutoffs would pick, and saves them', async () => {
    const page = await visit('gears/');
    await page.getByText('Numbers', { exact: true }).click();
    const slider = page.getByRole('slider', { name: 'Fewer or more papers' });
    const output = page.locator('output');
    const save = page.getByRole('button', { name: 'Preview and save' });
    expect(await output.innerText()).toBe('4 papers: relevance 7 and novelty 6 or higher');
    expect(await save.isDisabled()).toBe(true);
    await slider.focus();
    await page.keyboard.press('Home');
    await eventually(() => output.innerText()).toBe('1 paper: relevance 9 and novelty 8 or higher');
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await eventually(() => output.innerText()).toBe('2 papers: relevance 8 and novelty 7 or higher');
    await save.click();
    await page.getByRole('log').getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('log').getByText('Saved. From the next run on').waitFor();
    await page.reload();
    await page.getByText('Numbers', { exact: true }).click();
    expect(await slider.getAttribute('aria-valuetext')).toBe('relevance 8 and novelty 7 or higher');
  });

  it('is missing without scripts', async () => {
    const page = await visitElsewhere('gears/', { javaScriptEnabled: false });
    await page.getByText('Numbers', { exact: true }).click();
    expect(await page.getByRole('slider').count()).toBe(0);
  });
});
