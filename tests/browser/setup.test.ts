import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { date, day } from '../end-to-end/day.ts';
import { closedAddress, createHome, toArxiv, waitForOutput } from '../end-to-end/harness.ts';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { eventually, useVisitsOf } from './visit.ts';

/** A bot without a config, as after `npm ci && npm start`. */
const startNew = async () => {
  const arxiv = await startFakeArxiv({ days: { [date]: day } });
  // The bot starts again at the same address.
  const { host } = new URL(await closedAddress());
  const home = await createHome({
    env: { ...toArxiv(arxiv), ARXIV_API_URL: arxiv.url, PAPERBOY_HTTP: host },
  });
  const bot = home.start(['start']);
  await waitForOutput(bot, /"status":"posted"/);
  return {
    ...{ url: `http://${host}/`, folder: home.folder },
    async close() {
      await home.close();
      await arxiv.close();
    },
  };
};

const focused = (page: Page): Promise<string> =>
  page.evaluate<string>("document.activeElement.tagName + ' ' + document.activeElement.textContent.trim()");

describeInBrowser('setting up', () => {
  const { served, visit, visitElsewhere, expectComplaint } = useVisitsOf(startNew);

  it('leads from the example to a digest of one’s own by the keyboard', async () => {
    const page = await visit();
    const go = async (name: string): Promise<void> => {
      await page.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
    };
    await page.getByRole('link', { name: 'Make it yours' }).press('Enter');
    await eventually(() => focused(page)).toBe('H1 What do you want to read?');
    await page.keyboard.press('Tab');
    await page.keyboard.type('gear trains and worm drives, not surveys');
    await page.locator('#papers li').nth(3).waitFor();
    await eventually(() => page.locator('.understood li').allInnerTexts()).toEqual([
      'gear trains and worm drives',
      'surveys',
    ]);
    const categories = page.getByLabel('arXiv categories');
    expect(await categories.inputValue()).toBe('cs.LG, cs.AI');
    const field = page.getByLabel('Your words, or links');
    await field.fill('xyzzy');
    await page.getByText('No category fits these words.').first().waitFor();
    expect(await categories.inputValue()).toBe('');
    await field.fill('gear trains and worm drives, not surveys');
    await eventually(() => categories.inputValue()).toBe('cs.LG, cs.AI');
    await categories.fill('cs.LQ');
    await page.locator('#origin.fault').waitFor();
    expect(await categories.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#reading').innerText()).toMatch(/"cs\.LQ" is not an arXiv category/);
    expect(await faultsInAllLooks(page)).toEqual([]);
    // An empty field gets the suggestion back, once nobody types there.
    await categories.fill('');
    await page.locator('#origin[data-categories]').waitFor();
    expect(await categories.getAttribute('aria-invalid')).toBe('false');
    await page.getByLabel('Papers a day').focus();
    expect(await categories.inputValue()).toBe('cs.LG, cs.AI');
    await page.keyboard.press('Home');
    await eventually(() => page.locator('#papers li').count()).toBe(1);
    const status = page.getByRole('region', { name: 'Preview' }).getByRole('status');
    await eventually(() => status.innerText()).toMatch(/^Tuesday, 8 July 2025: 1 of 12 papers picked/);
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);

    await go('Continue');
    await eventually(() => focused(page)).toBe('H1 Who scores the papers?');
    await page.getByRole('radio', { name: 'OpenAI needs' }).check();
    expectComplaint(/status of 400/);
    await go('Continue');
    await eventually(() => focused(page)).toBe('P Paste the API key, or choose another scorer.');
    await page.getByRole('radio', { name: 'The built-in' }).check();
    await go('Continue');
    await eventually(() => focused(page)).toBe('H1 Where should the digests go?');
    await page.getByRole('link', { name: 'Connect Slack' }).press('Enter');
    await eventually(() => focused(page)).toBe('H1 Connect Slack');
    expect(await faultsInAllLooks(page)).toEqual([]);
    await page.getByRole('link', { name: 'Skip Slack' }).press('Enter');
    await page.getByRole('link', { name: 'Continue with the web page only' }).press('Enter');
    await eventually(() => focused(page)).toBe('H1 Check and start');
    expect(await faultsInAllLooks(page)).toEqual([]);
    // While the bot starts again.
    expectComplaint(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|status of 503/);
    await go('Save and start');
    await page.waitForURL('**/gear-trains/');
    await page.locator('article.paper').waitFor();
    expect(await page.locator('article.paper').count()).toBe(1);
    expect(await readFile(join(served().folder, 'config', 'paperboy.yaml'), 'utf8')).toContain('papersPerDay: 1');

    // The bot has a config now.
    expect(await page.getByRole('link', { name: 'Make it yours' }).count()).toBe(0);
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.getByRole('link', { name: 'Change the set-up' }).click();
    await eventually(() => focused(page)).toBe('H1 The set-up of gear-trains');
  });

  it('works without scripts', async () => {
    const page = await visitElsewhere('-/setup/begin?channel=', { javaScriptEnabled: false });
    await page.getByLabel('Your words, or links').fill('worm drives and gear trains');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/^Tuesday, 8 July 2025: /).waitFor();
    expect(await page.locator('.understood li').allInnerTexts()).toEqual(['worm drives and gear trains']);
    expect(await page.getByLabel('arXiv categories').inputValue()).toBe('cs.LG, cs.AI');
  });
});
