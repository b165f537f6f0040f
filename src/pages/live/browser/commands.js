import { enableCompletions } from './completions.js';
import { enableDownloads } from './downloads.js';
import { onEscape } from './escape.js';
import { converse } from './exchange.js';
import { placeOf } from './places.js';

const byId = (/** @type {string} */ id) => document.getElementById(id);

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
const bodyOf = (form, submitter) => {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  return body;
};

/**
 * Moves the focus to the first field of a form, or to the answer if a button was pressed. Does nothing if the reader
 * has moved on.
 *
 * @param {HTMLElement} exchange
 * @param {{ from: Element | null, isPressed: boolean }} request
 */
const focusOn = (exchange, { from, isPressed }) => {
  const focused = document.activeElement;
  if (focused !== from && focused !== document.body) return;
  if (focused instanceof HTMLInputElement && focused.value !== '') return;
  const field = exchange.querySelector('.fill :is(input:not([type=hidden]), select, textarea)');
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
  else if (isPressed) {
    exchange.tabIndex = -1;
    exchange.focus({ preventScroll: true });
  }
};

/** Sends commands without a reload, and keeps their history for the arrow keys. */
export const enableCommands = () => {
  const form = byId('ask');
  const input = byId('command');
  const answers = byId('answers');
  const conversation = byId('conversation');
  const dock = form?.closest('.dock');
  if (!(form instanceof HTMLFormElement && input instanceof HTMLInputElement && dock && answers && conversation))
    return;
  const completions = enableCompletions(form, input);
  /** @type {string[]} */
  const history = [];
  let position = 0;

  const ask = async (/** @type {URLSearchParams} */ body, /** @type {Parameters<typeof focusOn>[1]} */ how) => {
    answers.hidden = false;
    focusOn(await converse({ address: form.action, body, conversation }), how);
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value;
    if (text.trim() === '') return;
    completions.close();
    history.push(text);
    position = history.length;
    const body = bodyOf(form);
    input.value = '';
    ask(body, { from: input, isPressed: false });
  });

  // Buttons and forms of answers, messages and papers, including those added later.
  document.addEventListener('submit', async (event) => {
    const pressed = event.target;
    if (!(pressed instanceof HTMLFormElement) || !pressed.classList.contains('command')) return;
    event.preventDefault();
    // Busy until the answer arrives, so that a second press does nothing.
    if (pressed.ariaBusy === 'true') return;
    pressed.ariaBusy = 'true';
    await ask(bodyOf(pressed, event.submitter), { from: document.activeElement, isPressed: true });
    pressed.ariaBusy = null;
  });

  input.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    if (completions.isOpen() || history.length === 0) return;
    event.preventDefault();
    position = Math.min(history.length, Math.max(0, position + (event.key === 'ArrowUp' ? -1 : 1)));
    input.value = history[position] ?? '';
  });

  /** @type {(() => HTMLElement | undefined) | undefined} */
  let cameFrom;
  dock.addEventListener('focusin', (event) => {
    const before = event instanceof FocusEvent ? event.relatedTarget : null;
    if (before instanceof Element && dock.contains(before)) return;
    cameFrom = before instanceof Element ? placeOf(before) : undefined;
  });

  /** Closes the answers and focuses what had the focus before them, or else the command box. */
  const leave = (/** @type {FocusOptions} */ how) => {
    answers.hidden = true;
    if (dock.contains(document.activeElement) || document.activeElement === document.body)
      (cameFrom?.() ?? input).focus(how);
  };

  byId('close-answers')?.addEventListener('click', ({ detail }) => {
    // After a press of the mouse, the page must not move.
    leave({ preventScroll: detail > 0 });
  });

  onEscape(() => {
    if (answers.hidden && document.activeElement !== input) return false;
    leave({});
    return true;
  });

  // As in chat programs, a slash starts a command anywhere on the page.
  document.addEventListener('keydown', (event) => {
    const isElsewhere = !(
      event.target instanceof HTMLInputElement ||
      event.target instanceof HTMLTextAreaElement ||
      event.target instanceof HTMLSelectElement
    );
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !isElsewhere) return;
    event.preventDefault();
    input.focus();
  });

  enableDownloads(document);
};
