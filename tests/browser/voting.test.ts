import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { eventually, useVisits } from './visit.ts';

const paper = (page: Page, title: string): Locator =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });

/** A paper's vote counts, and whether the person's own vote is among them. */
const thumbs = (of: Locator) => {
  const button = (words: 'for this paper' | 'against this paper'): Locator => of.getByRole('button', { name: words });
  const shown = async (words: 'for this paper' | 'against this paper'): Promise<string> => {
    const isOwn = (await button(words).getAttribute('aria-pressed')) === 'true';
    return `${(await button(words).locator('.number').textContent()) ?? ''}${isOwn ? ' own' : ''}`;
  };
  return {
    up: button('for this paper'),
    down: button('against this paper'),
    shown: async () => ({ up: await shown('for this paper'), down: await shown('against this paper') }),
  };
};

describeInBrowser('voting', () => {
  const { visit, visitElsewhere, expectComplaint, paperboy } = useVisits();
  const at = (page: Page, title: string) => ({ page, ...thumbs(paper(page, title)) });
  const open = async (title: string) => at(await visit(), title);

  it('casts, switches and removes a vote with one click each, and keeps it after a reload', async () => {
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

  it('shows a vote in other browsers, each with its own vote pressed', async () => {
    const [one, other] = await Promise.all([open('Planetary'), visitElsewhere().then((page) => at(page, 'Planetary'))]);
    await one.up.click();
    await expect.poll(other.shown).toEqual({ up: '1', down: '0' });
    await other.down.click();
    await expect.poll(one.shown).toEqual({ up: '1 own', down: '1' });
    await other.up.click();
    await expect.poll(one.shown).toEqual({ up: '2 own', down: '0' });
    expect(await other.shown()).toEqual({ up: '2 own', down: '0' });
    await one.up.click();
    await expect.poll(other.shown).toEqual({ up: '1 own', down: '0' });
  });

  it('works with forms without scripts, and returns to the page', async () => {
    const { page, up, shown } = at(await visitElsewhere('', { javaScriptEnabled: false }), 'Teeth that mesh');
    await up.click();
    await eventually(shown).toEqual({ up: '1 own', down: '0' });
    // Back at the paper.
    expect(new URL(page.url()).hash).toBe('#paper-4');
    expect(new URL(page.url()).pathname).toBe('/');
    await up.click();
    await eventually(shown).toEqual({ up: '0', down: '0' });
  });

  it('says so if a vote failed, and keeps the shown state', async () => {
    const { page, up, shown } = await open('Teeth that mesh');
    await page.route('**/reactions', (route) => route.abort('connectionrefused'));
    expectComplaint(/ERR_CONNECTION_REFUSED/);
    await up.click();
    await paper(page, 'Teeth that mesh').getByRole('alert').waitFor();
    expect(await shown()).toEqual({ up: '0', down: '0' });
  });

  it("reconnects after an answer that is not a stream, such as a proxy's", async () => {
    const other = at(await visitElsewhere(), 'Worm drives');
    const page = await visit('about:blank');
    expectComplaint(/status of 502/);
    await page.route('**/live', (route) => route.fulfill({ status: 502 }), { times: 1 });
    const one = await open('Worm drives');
    await other.up.click();
    await expect.poll(one.shown).toEqual({ up: '1', down: '0' });
    await other.up.click();
    await expect.poll(one.shown).toEqual({ up: '0', down: '0' });
  });

  it('reconnects once the bot is back', async () => {
    const [one, other] = [await open('Worm drives'), at(await visitElsewhere(), 'Worm drives')];
    expectComplaint(/ERR_(CONNECTION|EMPTY|INCOMPLETE)/);
    const again = await paperboy().stop();
    await again();
    await one.up.click();
    await expect.poll(other.shown).toEqual({ up: '1', down: '0' });
    expect(await one.shown()).toEqual({ up: '1 own', down: '0' });
  });
});
