import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { eventually, useVisits } from './visit.ts';

describeInBrowser('the slider for fewer or more papers', () => {
  const { visit, visitElsewhere } = useVisits();

  it('skips steps that pick as many papers', async () => {
    const page = await visit('gears/2025-07-08.html');
    await page.evaluate('document.querySelector("#numbers").click()');
    const slider = page.getByRole('slider', { name: 'Fewer or more papers' });
    const output = page.locator('output');
    const own = await output.innerText();
    await slider.focus();
    const seen: string[] = [];
    for (const key of ['Home', 'ArrowRight', 'ArrowRight']) {
      await page.keyboard.press(key);
      await eventually(() => output.innerText()).toMatch(/^\d+ papers?: /);
      await eventually(() => output.innerText()).not.toBe(seen.at(-1) ?? own);
      seen.push(await output.innerText());
    }
    // Relevance 8 and novelty 7 pick two papers too.
    expect(seen).toEqual([
      '1 paper: relevance 9 and novelty 8 or higher',
      '2 papers: relevance 8 and novelty 8 or higher',
      '3 papers: relevance 7 and novelty 7 or higher',
    ]);
  });

  it('returns if no looser limits pick more papers', async () => {
    const page = await visit('gears/2025-07-08.html');
    await page.evaluate('document.querySelector("#numbers").click()');
    const slider = page.getByRole('slider', { name: 'Fewer or more papers' });
    const output = page.locator('output');
    const own = await output.innerText();
    const at = await slider.inputValue();
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await eventually(() => output.innerText()).toBe(`${own}. Looser limits pick as many.`);
    expect(await slider.inputValue()).toBe(at);
    expect(await page.getByRole('button', { name: 'Preview and save' }).isDisabled()).toBe(true);
  });

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
    // The day was picked with other cutoffs, so its count is not theirs.
    expect(await output.innerText()).toBe('relevance 8 and novelty 7 or higher');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await eventually(() => output.innerText()).toBe('3 papers: relevance 7 and novelty 7 or higher');
  });

  it('is missing without scripts', async () => {
    const page = await visitElsewhere('gears/', { javaScriptEnabled: false });
    await page.getByText('Numbers', { exact: true }).click();
    expect(await page.getByRole('slider').count()).toBe(0);
  });
});
