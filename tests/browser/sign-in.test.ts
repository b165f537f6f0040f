import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { faultsInAllLooks, scrollsSideways } from './faults.ts';
import { eventually, useVisits } from './visit.ts';

const secret = 'the gears of the house';

describeInBrowser('signing in', () => {
  const { visit, expectComplaint } = useVisits({ env: { PAPERBOY_WEB_SECRET: secret } });

  it('asks for the secret, refuses a wrong one, returns to the page to vote, and signs out', async () => {
    const page = await visit('gears/2025-07-08.html');
    expectComplaint(/status of 401/);
    const field = page.getByLabel('Secret');
    expect(await field.and(page.locator(':focus')).count()).toBe(1);
    await field.fill('some other secret');
    await field.press('Enter');
    await eventually(() => page.getByRole('alert').innerText()).toContain('Wrong secret.');
    await field.fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Tuesday, 8 July 2025' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/gears/2025-07-08.html');

    const vote = page.getByRole('button', { name: 'for this paper' }).first();
    await vote.click();
    await eventually(() => vote.getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
    await page.goto(new URL('/gears/', page.url()).href);
    expect(await field.count()).toBe(1);
  });

  it('shows a form without axe findings or sideways scrolling', async () => {
    const page = await visit();
    expect(await faultsInAllLooks(page)).toEqual([]);
    await page.getByLabel('Secret').fill('some other secret');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expectComplaint(/status of 401/);
    expect(await faultsInAllLooks(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });
});
