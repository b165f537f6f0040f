import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { postDigest, startWeb } from '../fakes/web.ts';
import { describeInBrowser } from './browser.ts';
import { useVisitsOf } from './visit.ts';

/** A title as long as the longest of real days, five lines on a phone; other texts as long as their average. */
const long = {
  paper: {
    title:
      'Why planetary trains can turn worm drives with little lubrication: unified gear modeling as a foundation of bearings that hold their load',
    authors: ['Ada Maria First', 'Benedict Second', 'Constantin Third', 'Dora Fourth', 'Emil Fifth', 'Fay Sixth'],
    abstract: 'We measure every train. '.repeat(60),
    categories: ['cs.LG', 'cs.DC'],
  },
  commentOn: () =>
    'The paper introduces a method for gears with many teeth, which aligns with the interest in trains and their bearings.',
};

const start = async () => {
  const web = await startWeb({ hasModel: true });
  await web.listen();
  await postDigest(web, ['2507.00001', '2507.00002', '2507.00003', '2507.00004'], '2025-07-08', long);
  return { url: web.url, close: () => web.close() };
};

/** How many papers are in the window, above the command box; a part counts as its share of the height. */
const papersInView = (page: Page): Promise<number> =>
  page.evaluate<number>(`(() => {
    const end = document.querySelector('.dock').getBoundingClientRect().top;
    return [...document.querySelectorAll('article.paper')]
      .map((one) => one.getBoundingClientRect())
      .reduce((sum, { top, height }) => sum + Math.max(0, Math.min(1, (end - top) / height)), 0);
  })()`);

describeInBrowser('the first screen', () => {
  const { visit } = useVisitsOf(start);

  it.each([
    { width: 1280, height: 800, atLeast: 2 },
    { width: 390, height: 844, atLeast: 1.5 },
  ])('shows at least $atLeast papers at $width × $height', async ({ width, height, atLeast }) => {
    const page = await visit('foundations/2025-07-08.html');
    await page.setViewportSize({ width, height });
    expect(await papersInView(page)).toBeGreaterThanOrEqual(atLeast);
  });

  it('folds counts, cost and contents into one line that opens', async () => {
    const page = await visit('foundations/2025-07-08.html');
    expect(await page.getByText('4 of 12 papers picked', { exact: true }).isVisible()).toBe(true);
    const contents = page.getByRole('navigation', { name: 'Contents' });
    expect(await contents.isVisible()).toBe(false);
    await page.getByText('12 scored · gpt-test · $0.0123 · Numbers').click();
    await contents.waitFor();
    expect(await page.getByRole('region', { name: 'Tokens and cost' }).isVisible()).toBe(true);
  });
});
