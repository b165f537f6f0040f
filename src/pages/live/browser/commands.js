import { converse } from './exchange.js';
import { enableDownloads } from './files.js';
import { enableOffers } from './offers.js';

const byId = (/** @type {string} */ id) => document.getElementById(id);

/**
 * What a form sends.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
const bodyOf = (form, submitter) => {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  return body;
};

/**
 * Leads the reader on to what a form asks for first, or to the answer of what was pressed; unless they went elsewhere.
 *
 * @param {HTMLElement} exchange
 * @param {{ from: Element | null, isPressed: boolean }} asked
 */
const leadTo = (exchange, { from, isPressed }) => {
  const at = document.activeElement;
  if (at !== from && at !== document.body) return;
  if (at instanceof HTMLInputElement && at.value !== '') return;
  const field = exchange.querySelector('.fill :is(input:not([type=hidden]), select, textarea)');
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
  else if (isPressed) {
    exchange.tabIndex = -1;
    exchange.focus({ preventScroll: true });
  }
};

/** Asks without loading the page again, and keeps what was asked for the arrow keys. */
export const enableCommands = () => {
  const form = byId('ask');
  const input = byId('command');
  const answers = byId('answers');
  const conversation = byId('conversation');
  if (!(form instanceof HTMLFormElement && input instanceof HTMLInputElement && answers && conversation)) return;
  const offers = enableOffers(form, input);
  /** @type {string[]} */
  const asked = [];
  let place = 0;

  const ask = async (/** @type {URLSearchParams} */ body, /** @type {Parameters<typeof leadTo>[1]} */ how) => {
    answers.hidden = false;
    leadTo(await converse({ address: form.action, body, conversation }), how);
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value;
    if (text.trim() === '') return;
    offers.close();
    asked.push(text);
    place = asked.length;
    const body = bodyOf(form);
    input.value = '';
    ask(body, { from: input, isPressed: false });
  });

  // Buttons and forms of answers, of messages and under papers, also of those that come later.
  document.addEventListener('submit', async (event) => {
    const pressed = event.target;
    if (!(pressed instanceof HTMLFormElement) || !pressed.classList.contains('command')) return;
    event.preventDefault();
    // Until it is answered, so that an impatient reader does nothing twice.
    if (pressed.ariaBusy === 'true') return;
    pressed.ariaBusy = 'true';
    await ask(bodyOf(pressed, event.submitter), { from: document.activeElement, isPressed: true });
    pressed.ariaBusy = null;
  });

  input.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    if (offers.isOpen() || asked.length === 0) return;
    event.preventDefault();
    place = Math.min(asked.length, Math.max(0, place + (event.key === 'ArrowUp' ? -1 : 1)));
    input.value = asked[place] ?? '';
  });

  byId('close-answers')?.addEventListener('click', () => {
    answers.hidden = true;
    input.focus();
  });

  // As in chat programs: a slash begins a command, wherever the reader is.
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
