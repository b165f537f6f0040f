import axe from 'axe-core';
import type { Page } from 'playwright-core';

const everything = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
  // Experimental: axe looks for "842of 6", a calendar day's three numbers, in the sentence that names the day.
  rules: { 'label-content-name-mismatch': { enabled: false } },
};

const colors = { ...everything, runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

const faultsOf = (page: Page, rules: typeof everything | typeof colors): Promise<string[]> =>
  page.evaluate<string[]>(`axe.run(document, ${JSON.stringify(rules)})
    .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => [id, target.join(' '), failureSummary].join(' | '))))`);

const widths = [1280, 390];

/** axe's findings on wide and narrow windows, light and dark: rule, element and remedy. */
export const faultsInAllLooks = async (page: Page): Promise<string[]> => {
  const found: string[] = [];
  await page.evaluate(axe.source);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 600 });
    await page.emulateMedia({ colorScheme: 'light' });
    found.push(...(await faultsOf(page, everything)).map((fault) => `${width} px: ${fault}`));
    await page.emulateMedia({ colorScheme: 'dark' });
    found.push(...(await faultsOf(page, colors)).map((fault) => `${width} px, dark: ${fault}`));
  }
  return found;
};

/** Whether a window of 320 pixels, the narrowest in WCAG 1.4.10, scrolls sideways. */
export const scrollsSideways = async (page: Page): Promise<boolean> => {
  await page.setViewportSize({ width: 320, height: 640 });
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
};
