import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { later, newest } from './days.ts';
import { eventually, useVisits } from './visit.ts';

/** Holds each call of the model until the test releases it. */
const createGate = () => {
  const calls: PromiseWithResolvers<void>[] = [];
  const at = (call: number): PromiseWithResolvers<void> => {
    calls[call] ??= Promise.withResolvers<void>();
    return calls[call];
  };
  return { hold: (call: number) => at(call).promise, open: (call: number) => at(call).resolve() };
};

describeInBrowser('a page that is open', () => {
  const gate = createGate();
  const { visit, visitElsewhere, paperboy } = useVisits({ early: true, hold: gate.hold });
  const heading = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();

  it('shows the scoring progress, then the first day, without a reload', async () => {
    const page = await visit('gears/');
    await page.evaluate('window.isStill = true');
    const progress = page.getByRole('progressbar', { name: 'Papers scored' });
    expect(await heading(page)).toBe('No digest yet');
    // The first call expands the topics.
    gate.open(0);
    gate.open(1);
    await page.getByRole('status').filter({ hasText: 'Scoring papers' }).waitFor();
    await eventually(() => progress.getAttribute('value')).toBe('2');
    expect(await page.getByText('2 of 6', { exact: true }).isVisible()).toBe(true);
    gate.open(2);
    await eventually(() => progress.getAttribute('value')).toBe('4');
    // The rest, with a paper that is scored alone, and the calls for comments.
    for (const call of [3, 4, 5, 6]) gate.open(call);
    await eventually(() => heading(page)).toBe(newest.long);
    await eventually(() => page.getByRole('article').count()).toBe(4);
    await page.getByRole('status').filter({ hasText: 'Next check of arXiv' }).waitFor();
    expect(await progress.isVisible()).toBe(false);
    expect(await page.evaluate('window.isStill')).toBe(true);
    // Content from a live update works like content of the page.
    const vote = page.getByRole('button', { name: 'for this paper' }).first();
    await vote.click();
    await eventually(() => vote.getAttribute('aria-pressed')).toBe('true');
  });

  it('shows a new day at once, but asks first if the reader has scrolled down', async () => {
    for (let call = 0; call < 20; call += 1) gate.open(call);
    const [page, reading] = [await visit('gears/'), await visitElsewhere('gears/')];
    await eventually(() => heading(reading)).toBe(newest.long);
    // The new day has another best paper.
    await page.evaluate(`document.querySelector('.abstract').open = true`);
    await reading.getByRole('contentinfo').scrollIntoViewIfNeeded();
    await paperboy().run(later.date);
    await eventually(() => heading(page)).toBe(later.long);
    expect(await page.locator('.abstract[open]').count()).toBe(0);
    const offer = reading.getByRole('button', { name: 'Show new content' });
    await offer.waitFor();
    expect(await heading(reading)).toBe(newest.long);
    await offer.click();
    await eventually(() => heading(reading)).toBe(later.long);
    expect(await offer.count()).toBe(0);
    await eventually(() => reading.evaluate('scrollY')).toBe(0);
  });
});
