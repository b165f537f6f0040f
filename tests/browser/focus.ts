import type { Page } from 'playwright-core';

/** The focused element: its text, whether it is visible and uncovered, and whether its focus ring is visible. */
type Stop = { words: string; isShown: boolean; isMarked: boolean };

export const stopOf = (page: Page): Promise<Stop> =>
  page.evaluate(`(() => {
    const at = document.activeElement;
    const [{ left, top, width, height } = {}] = at.getClientRects();
    const before = document.elementFromPoint(left + width / 2, top + height / 2);
    const marked = [at, at.closest('.ask')].filter(Boolean).map((one) => getComputedStyle(one));
    return {
      words: (at.labels?.[0]?.textContent || at.getAttribute('aria-label') || at.textContent).replace(/\\s+/g, ' ').trim(),
      isShown: before !== null && (at.contains(before) || before.contains(at)),
      isMarked: marked.some(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none'),
    };
  })()`);

/**
 * Presses Tab until the focus is on the control with these words.
 * @throws Error if it is not reached, or if the focus is out of sight on the way
 */
export const tabTo = async (page: Page, words: string | RegExp): Promise<void> => {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    // Between the last control and the first one.
    if (await page.evaluate('document.activeElement === document.body')) continue;
    const stop = await stopOf(page);
    if (!stop.isShown || !stop.isMarked) throw new Error(`The focus is out of sight on "${stop.words}".`);
    if (typeof words === 'string' ? stop.words === words : words.test(stop.words)) return;
  }
  throw new Error(`No press of Tab reached ${words}.`);
};

/** Every stop of the Tab key through the page. */
export const stopsOf = async (page: Page): Promise<Stop[]> => {
  const stops: Stop[] = [];
  while (stops.length < 200) {
    await page.keyboard.press('Tab');
    if (await page.evaluate('document.activeElement === document.body')) break;
    stops.push(await stopOf(page));
  }
  return stops;
};
