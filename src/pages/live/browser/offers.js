/** @typedef {{ text: string, label: string, description: string }} Completion */

/** Milliseconds without a key before the server is asked what may follow. */
const pauseMs = 80;

/**
 * Offers what may be typed, as a list under the reader's keys (the combobox pattern of WAI-ARIA).
 *
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 * @returns {{ close(): void, isOpen(): boolean }}
 */
export const enableOffers = (form, input) => {
  const list = document.getElementById('offers');
  if (!list) return { close() {}, isOpen: () => false };
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-expanded', 'false');
  input.setAttribute('aria-controls', list.id);
  /** @type {Completion[]} */
  let offered = [];
  let chosen = -1;
  let asks = 0;

  const close = () => {
    asks += 1;
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
    ask();
  };

  const show = (/** @type {Completion[]} */ completions) => {
    offered = completions;
    chosen = -1;
    list.replaceChildren(
      ...completions.map((completion, index) => {
        const item = document.createElement('li');
        item.id = `offer-${index}`;
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        item.appendChild(document.createElement('b')).textContent = completion.label;
        item.appendChild(document.createElement('small')).textContent = completion.description;
        // Before the field loses the focus, which closes the list.
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

  const ask = async () => {
    asks += 1;
    const current = asks;
    await new Promise((done) => setTimeout(done, pauseMs));
    if (current !== asks) return;
    try {
      const address = `${form.dataset.completions}?typed=${encodeURIComponent(input.value)}`;
      const answer = await fetch(address, { headers: { accept: 'application/json' } });
      if (current === asks && answer.ok && document.activeElement === input) show(await answer.json());
    } catch {
      // Nothing is offered while the bot is away; what is typed stays.
    }
  };

  input.addEventListener('input', ask);
  input.addEventListener('focus', ask);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const { length } = offered;
    const completion = offered[chosen];
    // In an empty field the Tab key goes on through the page, unless something is chosen.
    const taken = completion ?? (input.value.trim() === '' ? undefined : offered[0]);
    if (event.key === 'ArrowDown') choose((chosen + 1) % length);
    else if (event.key === 'ArrowUp') choose(chosen <= 0 ? length - 1 : chosen - 1);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab' && !event.shiftKey && taken && taken.text !== input.value) accept(taken);
    else if (event.key === 'Enter' && completion) accept(completion);
    else return;
    event.preventDefault();
  });
  return { close, isOpen: () => !list.hidden };
};
