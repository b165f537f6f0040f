// The pages that set Paperboy up. Without scripts, they work with forms and reloads.
import { answerOf, reasonOf } from './exchange.js';

/** Milliseconds that somebody stops typing before the preview follows. */
const pauseMs = 600;

const sliderPauseMs = 200;

/**
 * Replaces the parts of the page that have the same ids as the server's own markup.
 *
 * @param {string} markup
 */
const swap = (markup) => {
  const template = document.createElement('template');
  template.innerHTML = markup;
  for (const part of [...template.content.children]) document.getElementById(part.id)?.replaceWith(part);
};

const firstPlaceholder = document.getElementById('categories')?.getAttribute('placeholder') ?? '';

/** Shows suggested categories in their field, unless somebody is writing there, and whether they are valid. */
const showCategories = () => {
  const origin = document.getElementById('origin');
  const field = document.getElementById('categories');
  const shown = document.getElementById('suggested');
  if (!origin || !(field instanceof HTMLInputElement) || !(shown instanceof HTMLInputElement)) return;
  field.setAttribute('aria-invalid', String(origin.classList.contains('fault')));
  const suggested = origin.dataset.categories;
  if (suggested === undefined) return;
  field.placeholder = suggested || firstPlaceholder;
  if (field === document.activeElement) return;
  field.value = suggested;
  shown.value = suggested;
};

/** @param {HTMLFormElement} form */
const bodyOf = (form) => {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
  return body;
};

/**
 * Previews the papers while somebody types.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement} preview
 */
const followTyping = (form, preview) => {
  let waiting = new AbortController();
  const status = (/** @type {string} */ text) => {
    const line = document.getElementById('preview-status');
    if (line) line.textContent = text;
  };

  const update = async (/** @type {number} */ pause) => {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    await new Promise((done) => setTimeout(done, pause));
    if (signal.aborted) return;
    preview.setAttribute('aria-busy', 'true');
    try {
      const request = { method: 'POST', body: bodyOf(form), signal, headers: { accept: 'text/html-fragment' } };
      const answer = await fetch(form.dataset.preview ?? '', request);
      if (!answer.ok) throw new Error(await answer.text());
      await answerOf(answer, (markup) => {
        if (signal.aborted) return;
        swap(markup);
        showCategories();
      });
    } catch (error) {
      if (!signal.aborted) status(`${reasonOf(error)} What you typed is kept.`);
    } finally {
      if (!signal.aborted) preview.removeAttribute('aria-busy');
    }
  };

  const categories = document.getElementById('categories');
  categories?.addEventListener('blur', () => {
    if (categories instanceof HTMLInputElement && categories.value.trim() === '') showCategories();
  });
  const output = form.querySelector('output');
  form.addEventListener('input', ({ target }) => {
    // It may no longer be true. The preview says what is still wrong.
    document.getElementById('problem')?.remove();
    document.title = document.title.replace(/^Problem: /, '');
    const isSlider = target instanceof HTMLInputElement && target.type === 'range';
    if (isSlider && output) output.textContent = target.value;
    update(isSlider ? sliderPauseMs : pauseMs);
  });
  form.addEventListener('submit', () => waiting.abort());
  const words = form.querySelector('textarea');
  if (words?.value.trim() && !preview.querySelector('.list')) update(0);
};

/** Milliseconds after which the bot should be back. */
const startMs = 60_000;

/**
 * Opens the channel once the bot has started again, or says that it has.
 *
 * @param {HTMLElement} page
 */
const waitForStart = async (page) => {
  const { boot, started = '', page: target, then = '' } = page.dataset;
  const status = document.getElementById('starting-status');
  const goOn = () => {
    if (target) location.replace(target);
    else if (status) status.textContent = then;
  };
  for (const end = performance.now() + startMs; performance.now() < end; ) {
    await new Promise((done) => setTimeout(done, 300));
    try {
      const answer = await fetch(started, { headers: { accept: 'application/json' }, cache: 'no-store' });
      // The new settings may let only admins in here.
      if (answer.status === 403) return goOn();
      if (answer.ok && (await answer.json()).boot !== boot) return goOn();
    } catch {
      // It is not back yet.
    }
  }
  if (status)
    status.textContent = 'The settings are saved, but Paperboy has not come back. Where it runs, type npm start.';
};

const form = document.getElementById('reading');
const preview = document.getElementById('preview');
if (form instanceof HTMLFormElement && preview) followTyping(form, preview);

const starting = document.getElementById('starting');
if (starting) waitForStart(starting);

for (const one of document.querySelectorAll('form')) {
  one.addEventListener('submit', () => one.setAttribute('aria-busy', 'true'));
  // The browser may show the page again as it was left.
  addEventListener('pageshow', () => one.removeAttribute('aria-busy'));
}
