/** @typedef {{ query: string, words: string, command: string }} Step */

/** Milliseconds that the slider rests before its step is previewed. */
const pauseMs = 250;

/**
 * Previews how many papers the chosen limits would pick on the page's day.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} slider
 */
const follow = (form, slider) => {
  const output = form.querySelector('output');
  const button = form.querySelector('button');
  if (!output || !button) return;
  /** @type {Step[]} */
  const steps = JSON.parse(form.dataset.steps ?? '[]');
  const own = slider.value;
  const atFirst = output.textContent;
  let waiting = new AbortController();

  const preview = async (/** @type {Step} */ { query, words }) => {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    output.textContent = `…: ${words}`;
    await new Promise((done) => setTimeout(done, pauseMs));
    if (signal.aborted) return;
    try {
      const answer = await fetch(`${form.dataset.preview}&${query}`, {
        signal,
        headers: { accept: 'application/json' },
      });
      if (!answer.ok) throw new Error(await answer.text());
      const { picked } = await answer.json();
      output.textContent = `${picked.toLocaleString('en')} ${picked === 1 ? 'paper' : 'papers'}: ${words}`;
    } catch (error) {
      if (signal.aborted) return;
      output.textContent =
        error instanceof TypeError ? 'Paperboy does not answer.' : String(/** @type {Error} */ (error).message);
    }
  };

  slider.addEventListener('input', () => {
    const step = steps[Number(slider.value)];
    if (!step) return;
    slider.setAttribute('aria-valuetext', step.words);
    button.value = step.command;
    button.disabled = slider.value === own;
    if (!button.disabled) preview(step);
    else {
      waiting.abort();
      output.textContent = atFirst;
    }
  });
  form.hidden = false;
};

/** Shows the slider, which does nothing without scripts. Runs again after a live update. */
export const enableSlider = () => {
  const form = document.querySelector('form.slider[hidden]');
  const slider = form?.querySelector('input[type=range]');
  if (form instanceof HTMLFormElement && slider instanceof HTMLInputElement) follow(form, slider);
};
