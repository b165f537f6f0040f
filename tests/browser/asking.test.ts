import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { hostile } from './days.ts';
import { eventually, useVisits } from './visit.ts';

const deskOf = (page: Page) => ({
  box: page.getByLabel('Ask Paperboy: /arxiv'),
  answers: page.getByRole('log', { name: 'Answers' }),
  offers: page.getByRole('listbox').getByRole('option'),
  chosen: page.getByRole('listbox').getByRole('option', { selected: true }),
});

const hasFocus = async (one: Locator): Promise<boolean> => (await one.and(one.page().locator(':focus')).count()) === 1;

describeInBrowser('asking', () => {
  const { visit, visitElsewhere, expectComplaint } = useVisits();
  const open = async () => {
    const page = await visit('gears/');
    return { page, ...deskOf(page) };
  };

  it('answers a command in the conversation without a reload', async () => {
    const { page, box, answers } = await open();
    await page.evaluate('window.isStill = true');
    await box.fill('/arxiv top 5');
    await box.press('Enter');
    await answers.getByRole('link', { name: /^Planetary trains/ }).waitFor();
    expect(await answers.innerText()).toMatch(/\/arxiv top 5[\s\S]*Top 4 of Tuesday, 8 July 2025 · gears/);
    expect(await answers.innerText()).toContain(hostile.title);
    expect(await answers.locator('script, img').count()).toBe(0);
    expect(await box.inputValue()).toBe('');
    expect(await page.evaluate('window.isStill')).toBe(true);
    await page.getByRole('button', { name: 'Close answers' }).click();
    expect(await answers.isVisible()).toBe(false);
    expect(await hasFocus(box)).toBe(true);
  });

  it('answers a mistyped command with the nearest one', async () => {
    const { box, answers } = await open();
    await box.fill('/arxiv tpo 5');
    await box.press('Enter');
    await eventually(() => answers.innerText()).toContain('There is no command "tpo". Did you mean /arxiv top?');
  });

  it('suggests completions: arrow keys choose, Enter or Tab accepts, Escape closes', async () => {
    const { box, offers, chosen, answers } = await open();
    await box.pressSequentially('t');
    await eventually(() => offers.first().innerText()).toMatch(/^top \[n\] \[period\]/);
    await box.press('ArrowDown');
    expect(await chosen.count()).toBe(1);
    expect(await box.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'));
    await box.press('Enter');
    expect(await box.inputValue()).toBe('top ');
    expect(await answers.isVisible()).toBe(false);

    await offers.filter({ hasText: '2025-07-08' }).waitFor();
    await box.pressSequentially('2025-07-08');
    await eventually(() => offers.count()).toBe(1);
    await box.press('Tab');
    await eventually(() => box.inputValue()).toMatch(/^top 2025-07-08/);
    expect(await hasFocus(box)).toBe(true);

    await box.fill('');
    await offers.filter({ hasText: 'help' }).waitFor();
    await box.press('ArrowUp');
    expect(await chosen.innerText()).toBe(await offers.last().innerText());
    await box.press('Escape');
    expect(await offers.first().isVisible()).toBe(false);
    expect(await box.getAttribute('aria-expanded')).toBe('false');
  });

  it('keeps the scroll position while a command is typed and answered', async () => {
    const { box, answers } = await open();
    const page = box.page();
    await page.keyboard.press('/');
    await page.keyboard.type('help');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await answers.getByText('Paperboy commands').waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);
  });

  it('shows no completions that arrive after the command was sent', async () => {
    const { page, box, offers, answers } = await open();
    await page.evaluate(`{
      const { json } = Response.prototype;
      const held = Promise.withResolvers();
      window.release = held.resolve;
      Response.prototype.json = async function () {
        window.isHeld = true;
        await held.promise;
        return json.call(this);
      };
    }`);
    await box.pressSequentially('help');
    await eventually(() => page.evaluate('window.isHeld')).toBe(true);
    await box.press('Enter');
    await answers.getByText('Paperboy commands').waitFor();
    await page.evaluate('window.release()');
    // Another round trip, after which the held completions would be shown.
    await page.evaluate('new Promise((done) => setTimeout(done, 100))');
    expect(await offers.count()).toBe(0);
  });

  it('requests no completions if only the window regains the focus', async () => {
    const { page, box, offers } = await open();
    await box.focus();
    await offers.first().waitFor();
    // What browsers do for another window: the field loses the focus but stays the active element.
    await page.evaluate(`document.activeElement.dispatchEvent(new FocusEvent('blur'))`);
    expect(await offers.first().isVisible()).toBe(false);
    const requested: string[] = [];
    page.on('request', (request) => void requested.push(request.url()));
    await page.evaluate(`document.activeElement.dispatchEvent(new FocusEvent('focus'))`);
    await page.evaluate('new Promise((done) => setTimeout(done, 200))');
    expect(requested).toEqual([]);
    await box.press('t');
    await offers.filter({ hasText: 'top' }).first().waitFor();
  });

  it('runs the typed command on Enter if no suggestion is chosen', async () => {
    const { box, offers, answers } = await open();
    await box.pressSequentially('help');
    await box.press('Enter');
    await eventually(() => answers.innerText()).toMatch(/\/arxiv top/);
    expect(await offers.first().isVisible()).toBe(false);
  });

  it('accepts a suggestion on click', async () => {
    const { box, offers } = await open();
    await box.pressSequentially('to');
    await offers.first().click();
    expect(await box.inputValue()).toBe('top ');
  });

  it('recalls earlier commands with the arrow keys', async () => {
    const { box, answers } = await open();
    for (const text of ['top 1', 'top 2']) {
      await box.fill(text);
      await box.press('Enter');
      await eventually(() => answers.innerText()).toContain(`/arxiv ${text}`);
    }
    const recalled: string[] = [];
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await box.press(key);
      recalled.push(await box.inputValue());
    }
    expect(recalled).toEqual(['top 2', 'top 1', 'top 1', 'top 2', '']);
  });

  it('focuses the command box on a slash, except in a text field', async () => {
    const { page, box } = await open();
    await page.keyboard.press('/');
    expect(await hasFocus(box)).toBe(true);
    expect(await box.inputValue()).toBe('');
    await page.keyboard.type('/arxiv');
    expect(await box.inputValue()).toBe('/arxiv');
  });

  it('says so if Paperboy does not answer', async () => {
    const { page, box, answers } = await open();
    await page.route('**/commands', (route) => route.abort('connectionrefused'));
    expectComplaint(/ERR_CONNECTION_REFUSED/);
    await box.fill('top');
    await box.press('Enter');
    await eventually(() => answers.innerText()).toContain('Paperboy does not answer. Is it running?');
  });

  it('answers on the page itself without scripts', async () => {
    const page = await visitElsewhere('gears/', { javaScriptEnabled: false });
    const { box, answers } = deskOf(page);
    await box.fill('top 2');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await answers.getByRole('link', { name: /^Planetary trains/ }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Tuesday, 8 July 2025');
  });
});
