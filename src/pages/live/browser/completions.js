/** @typedef {{ text: string, label: string, description: string }} Completion */

/** Milliseconds after the last key before completions are requested. */
const pauseMs = 80;

/**
 * Shows completions in a list that works with the keyboard (the combobox pattern of WAI-ARIA).
 *
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 * @returns {{ close(): void, isOpen(): boolean }}
 */
export const enableCompletions = (form, input) => {
  const list = document.getElementById('offers');
  if (!list) return { close() {}, isOpen: () => false };
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-expanded', 'false');
  input.setAttribute('aria-controls', list.id);
  /** @type {Completion[]} */
  let shown = [];
  let chosen = -1;
  let requests = 0;

  const close = () => {
    requests += 1;
    chosen = -1;
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };

  const choose = (/** @type {number} */ index) => {
    chosen = index;
    for (const [at, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(at === index));
      if (at !== index) continue;
      input.setAttribute('aria-activedescendant', item.id);
      item.scrollIntoView({ block: 'nearest' });
    }
    if (index < 0) input.removeAttribute('aria-activedescendant');
  };

  const accept = (/** @type {Completion} */ { text }) => {
    input.value = text;
    close();
    input.focus();
    request();
  };

  const show = (/** @type {Completion[]} */ completions) => {
    shown = completions;
    chosen = -1;
    list.replaceChildren(
      ...completions.map((completion, index) => {
        const item = document.createElement('li');
        item.id = `offer-${index}`;
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        item.appendChild(document.createElement('b')).textContent = completion.label;
        item.appendChild(document.createElement('small')).textContent = completion.description;
        // Runs before the field loses the focus, which closes the list.
        item.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          accept(completion);
        });
        return item;
      }),
    );
    list.hidden = completions.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
    input.removeAttribute('aria-activedescendant');
  };

  const request = async () => {
    requests += 1;
    const current = requests;
    await new Promise((done) => setTimeout(done, pauseMs));
    if (current !== requests) return;
    try {
      const address = `${form.dataset.completions}?typed=${encodeURIComponent(input.value)}`;
      const answer = await fetch(address, { headers: { accept: 'application/json' } });
      if (!answer.ok) return;
      const completions = await answer.json();
      // After all waiting, because the command may be sent in the meantime.
      if (current === requests && document.activeElement === input) show(completions);
    } catch {
      // No completions while the bot is unreachable; the text stays.
    }
  };

  let hasWindowFocus = true;
  input.addEventListener('input', request);
  input.addEventListener('focus', () => {
    if (hasWindowFocus) request();
    hasWindowFocus = true;
  });
  input.addEventListener('blur', () => {
    // If the window loses the focus, the field keeps its own. Back in the window, nobody has asked for completions.
    hasWindowFocus = document.activeElement !== input;
    close();
  });
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const { length } = shown;
    const completion = shown[chosen];
    // In an empty field, Tab moves to the next control unless a completion is chosen.
    const accepted = completion ?? (input.value.trim() === '' ? undefined : shown[0]);
    if (event.key === 'ArrowDown') choose((chosen + 1) % length);
    else if (event.key === 'ArrowUp') choose(chosen <= 0 ? length - 1 : chosen - 1);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab' && !event.shiftKey && accepted && accepted.text !== input.value) accept(accepted);
    else if (event.key === 'Enter' && completion) accept(completion);
    else return;
    event.preventDefault();
  });
  return { close, isOpen: () => !list.hidden };
};
