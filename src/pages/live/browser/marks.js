import { showProblem } from './votes.js';

/** @param {Element | null} form */
const paperOf = (form) => form?.querySelector('input[name=paper]')?.getAttribute('value') ?? '';

/**
 * Shows on every form of a paper whether it is saved and read.
 *
 * @param {string} paper
 * @param {{ isSaved: boolean, isRead: boolean }} marks
 */
const show = (paper, marks) => {
  for (const form of document.querySelectorAll('form.mark')) {
    if (!(form instanceof HTMLFormElement) || paperOf(form) !== paper) continue;
    const button = form.querySelector('button');
    if (!button) continue;
    const isSet = button.name === 'save' ? marks.isSaved : marks.isRead;
    button.value = isSet ? 'no' : 'yes';
    button.textContent = (isSet ? form.dataset.set : form.dataset.unset) ?? '';
    const classes = form.closest('.paper')?.classList;
    classes?.toggle('seen', marks.isRead);
    classes?.toggle('kept', marks.isSaved);
  }
};

/**
 * Sends a mark. Not as part of the page, so that it also arrives if the reader follows a link.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
const send = async (form, name, value) => {
  const paper = paperOf(form);
  try {
    const body = new URLSearchParams({ paper, [name]: value });
    const headers = { accept: 'application/json' };
    const answer = await fetch(form.action, { method: 'POST', body, headers, keepalive: true });
    if (!answer.ok) throw new Error(await answer.text());
    form.querySelector('.problem')?.remove();
    show(paper, await answer.json());
  } catch (error) {
    showProblem(form, error);
  }
};

/** @param {Element | null} within */
const readForm = (within) => {
  const form = within?.closest('.paper')?.querySelector('form.mark:has(button[name=read])');
  return form instanceof HTMLFormElement ? form : undefined;
};

/** @param {Element} opened */
const markRead = (opened) => {
  const form = readForm(opened);
  if (form?.querySelector('button')?.value === 'yes') send(form, 'read', 'yes');
};

/** @param {HTMLElement} control */
const confirmCopy = (control) => {
  const line = control.parentElement?.querySelector('.copied') ?? document.createElement('span');
  line.className = 'copied';
  line.setAttribute('role', 'status');
  if (!line.isConnected) control.after(line);
  line.textContent = 'Copied';
  setTimeout(() => line.remove(), 3_000);
};

/**
 * Copies a text and says so. Browsers allow this only over HTTPS and on this machine.
 *
 * @param {HTMLElement} control
 * @param {string} text
 */
export const copy = async (control, text) => {
  await navigator.clipboard.writeText(text);
  confirmCopy(control);
};

export const canCopy = 'clipboard' in navigator;

/** Saves and marks papers without a reload, and marks papers as read once they are opened. */
export const enableMarks = () => {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains('mark')) return;
    event.preventDefault();
    const button = form.querySelector('button');
    if (button) send(form, button.name, button.value);
  });
  document.addEventListener(
    'toggle',
    (event) => {
      const part = event.target;
      if (part instanceof HTMLDetailsElement && part.open && part.classList.contains('abstract')) markRead(part);
    },
    true,
  );
  for (const kind of ['click', 'auxclick'])
    document.addEventListener(kind, (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link?.closest('.paper :is(h3, h4, .facts)')) markRead(link);
      if (kind !== 'click' || !link?.classList.contains('share') || !canCopy) return;
      event.preventDefault();
      copy(link, link.href);
    });
};
