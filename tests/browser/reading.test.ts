import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { earlier, hostile, newest, picked } from './days.ts';
import { useVisits } from './visit.ts';

const heading = (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent();
const sidebar = (page: Page) => page.getByRole('navigation', { name: 'Channels and days' });

describeInBrowser('reading the page', () => {
  const { visit } = useVisits({ withEarlier: true });

  it('shows the newest day with its header and its papers in order', async () => {
    const page = await visit();
    expect(await heading(page)).toBe(newest.long);
    expect(await page.getByText('4 of 6 papers picked').count()).toBeGreaterThan(0);
    const papers = page.getByRole('region', { name: 'Papers' }).getByRole('article');
    const links = await papers.getByRole('heading').getByRole('link').all();
    expect(await Promise.all(links.map((link) => link.getAttribute('href')))).toEqual(
      picked.map((id) => `https://arxiv.org/abs/${id}`),
    );
    const best = papers.first();
    expect(await best.innerText()).toMatch(
      /Planetary trains turn in[\s\S]*Ada First, Ben Second, Çağla Üçüncü[\s\S]*relevance\s*9[\s\S]*novelty\s*9[\s\S]*A bound on planetary trains/i,
    );
    // The formula is typeset as MathML, and its TeX is hidden.
    expect(await best.getByRole('heading').getByRole('math').count()).toBe(1);
    expect(await best.innerText()).not.toMatch(/\$|\\log/);
  });

  it('folds each abstract until it is opened', async () => {
    const page = await visit();
    const best = page.getByRole('article').first();
    const abstract = best.getByText('We show that');
    expect(await abstract.isVisible()).toBe(false);
    await best.getByText('Abstract', { exact: true }).click();
    await abstract.waitFor();
    expect(await abstract.getByRole('math').count()).toBe(1);
  });

  it('shows markup and mentions in papers as plain text', async () => {
    const page = await visit();
    const paper = page.getByRole('article').filter({ hasText: '@everyone' });
    expect(await paper.getByRole('heading').getByRole('link').innerText()).toBe(hostile.title);
    await paper.getByText('Abstract', { exact: true }).click();
    for (const text of [hostile.abstract, hostile.author, hostile.comment])
      expect(await paper.innerText()).toContain(text);
    expect(await page.title()).toBe(`${newest.long} · gears`);
    expect(await page.locator('main :is(script, img, svg[onload], [onclick], [onerror])').count()).toBe(0);
  });

  it('links to the previous day and the month, and keeps the channel list in view', async () => {
    const page = await visit();
    await sidebar(page).getByRole('link', { name: 'Mon 7 Jul' }).click();
    expect(await heading(page)).toBe(earlier.long);
    expect(await page.getByRole('article').first().innerText()).toContain('Bevel gears of the day before');
    expect(await sidebar(page).locator('[aria-current=page]').innerText()).toContain('7 Jul');

    await sidebar(page).getByRole('heading').getByRole('link', { name: 'July 2025' }).click();
    expect(await heading(page)).toMatch(/July 2025/);
    expect(await sidebar(page).getByRole('link', { name: 'Atom feed' }).count()).toBe(1);
    const feed = await sidebar(page).getByRole('link', { name: 'Atom feed' }).getAttribute('href');
    const answer = await page.request.get(new URL(feed ?? '', page.url()).href);
    expect(answer.headers()['content-type']).toContain('application/atom+xml');
    expect(await answer.text()).toContain('<title>gears: arXiv papers</title>');

    await sidebar(page)
      .getByRole('link', { name: /^gears/ })
      .click();
    expect(await heading(page)).toBe(newest.long);
  });

  it('moves between days with the links above and below the papers', async () => {
    const page = await visit();
    await page.getByRole('banner').getByRole('link', { name: 'Previous day' }).click();
    expect(await heading(page)).toBe(earlier.long);
    await page.getByRole('link', { name: 'Next day' }).last().click();
    expect(await heading(page)).toBe(newest.long);
  });
});
