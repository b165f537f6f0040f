import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { eventually, useVisits } from './visit.ts';

const paper = (page: Page, title: string): Locator =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });

/** The thumbs of a paper as a person sees them: how many there are, and whether the person's own is among them. */
const thumbs = (of: Locator) => {
  const button = (words: 'for it' | 'against it'): Locator => of.getByRole('button', { name: words });
  const shown = async (words: 'for it' | 'against it'): Promise<string> => {
    const isOwn = (await button(words).getAttribute('aria-pressed')) === 'true';
    return `${(await button(words).locator('.number').textContent()) ?? ''}${isOwn ? ' own' : ''}`;
  };
  return {
    up: button('for it'),
    down: button('against it'),
    shown: async () => ({ up: await shown('for it'), down: await shown('against it') }),
  };
};

describeInBrowser('voting', () => {
  const { visit, visitElsewhere, expectComplaint, paperboy } = useVisits();
  const at = (page: Page, title: string) => ({ page, ...thumbs(paper(page, title)) });
  const open = async (title: string) => at(await visit(), title);

  it('takes, switches and takes back a vote with one click each, and knows it after a reload', async () => {
    const { page, up, down, shown } = await open('Worm drives');
    expect(await shown()).toEqual({ up: '0', down: '0' });
    await up.click();
    await eventually(shown).toEqual({ up: '1 own', down: '0' });
    await page.reload();
    expect(await shown()).toEqual({ up: '1 own', down: '0' });
    await down.click();
    await eventually(shown).toEqual({ up: '0', down: '1 own' });
    await down.click();
    await eventually(shown).toEqual({ up: '0', down: '0' });
    await page.reload();
    expect(await shown()).toEqual({ up: '0', down: '0' });
  });

  it('shows a vote in other browsers within three seconds, each with its own vote pressed', async () => {
    const [one, other] = await Promise.all([open('Planetary'), visitElsewhere().then((page) => at(page, 'Planetary'))]);
    await one.up.click();
    await expect.poll(other.shown, { timeout: 3_000 }).toEqual({ up: '1', down: '0' });
    await other.down.click();
    await expect.poll(one.shown, { timeout: 3_000 }).toEqual({ up: '1 own', down: '1' });
    await other.up.click();
    await expect.poll(one.shown, { timeout: 3_000 }).toEqual({ up: '2 own', down: '0' });
    expect(await other.shown()).toEqual({ up: '2 own', down: '0' });
    await one.up.click();
    await expect.poll(other.shown, { timeout: 3_000 }).toEqual({ up: '1 own', down: '0' });
  });

  it('works by forms where scripts are off, and leads back to the page', async () => {
    const { page, up, shown } = at(await visitElsewhere('', { javaScriptEnabled: false }), 'Teeth that mesh');
    const before = page.url();
    await up.click();
    await eventually(shown).toEqual({ up: '1 own', down: '0' });
    expect(page.url()).toBe(before);
    await up.click();
    await eventually(shown).toEqual({ up: '0', down: '0' });
  });

  it('says so where the vote did not count, and keeps what was shown', async () => {
    const { page, up, shown } = await open('Teeth that mesh');
    await page.route('**/reactions', (route) => route.abort('connectionrefused'));
    expectComplaint(/ERR_CONNECTION_REFUSED/);
    await up.click();
    await paper(page, 'Teeth that mesh').getByRole('alert').waitFor();
    expect(await shown()).toEqual({ up: '0', down: '0' });
  });

  it('goes on by itself after an answer that was no stream, such as that of a proxy', async () => {
    const other = at(await visitElsewhere(), 'Worm drives');
    const page = await visit('about:blank');
    expectComplaint(/status of 502/);
    await page.route('**/live', (route) => route.fulfill({ status: 502 }), { times: 1 });
    const one = await open('Worm drives');
    await other.up.click();
    await expect.poll(one.shown, { timeout: 8_000 }).toEqual({ up: '1', down: '0' });
    await other.up.click();
    await expect.poll(one.shown, { timeout: 3_000 }).toEqual({ up: '0', down: '0' });
  });

  it('goes on by itself once the bot is back that was away', async () => {
    const [one, other] = [await open('Worm drives'), at(await visitElsewhere(), 'Worm drives')];
    expectComplaint(/ERR_(CONNECTION|EMPTY|INCOMPLETE)/);
    const again = await paperboy().stop();
    await again();
    await one.up.click();
    await expect.poll(other.shown, { timeout: 10_000 }).toEqual({ up: '1', down: '0' });
    expect(await one.shown()).toEqual({ up: '1 own', down: '0' });
  });
});
