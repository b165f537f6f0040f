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
