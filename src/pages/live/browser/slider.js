/** @typedef {{ query: string, words: string, command: string }} Step */

/** Milliseconds that the slider rests before its step is previewed. */
const pauseMs = 250;

/**
 * Previews how many papers the chosen limits would pick on the page's day. Skips steps that change nothing.
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
  const own = Number(slider.value);
  /** Papers by step, as far as known. */
  /** @type {Map<number, number>} */
  const picked = new Map(form.dataset.picked ? [[own, Number(form.dataset.picked)]] : []);
  let shown = own;
  let waiting = new AbortController();

  const top = Number(form.dataset.top);

  const countWords = (/** @type {number} */ count) => {
    const papers = `${count.toLocaleString('en')} ${count === 1 ? 'paper' : 'papers'}`;
    return count > top ? `${papers} pass, the best ${top.toLocaleString('en')} are posted` : papers;
  };

  const textOf = (/** @type {number} */ at) => {
    const count = picked.get(at);
    return `${count === undefined ? '…' : countWords(count)}: ${steps[at]?.words ?? ''}`;
  };

  const show = (/** @type {number} */ at) => {
    slider.value = String(at);
    slider.setAttribute('aria-valuetext', steps[at]?.words ?? '');
    button.value = steps[at]?.command ?? '';
    button.disabled = at === own;
    output.textContent = textOf(at);
  };

  const countAt = async (/** @type {number} */ at, /** @type {AbortSignal} */ signal) => {
    const known = picked.get(at);
    if (known !== undefined) return known;
    const headers = { accept: 'application/json' };
    const answer = await fetch(`${form.dataset.preview}&${steps[at]?.query}`, { signal, headers });
    if (!answer.ok) throw new Error(await answer.text());
    /** @type {{ picked: number }} */
    const found = await answer.json();
    picked.set(at, found.picked);
    return found.picked;
  };

  /** Goes from the step of the slider on, away from the shown one, until the number of papers changes. */
  const goOn = async (/** @type {number} */ to, /** @type {AbortSignal} */ signal) => {
    const before = await countAt(shown, signal);
    const direction = Math.sign(to - shown);
    for (let at = to; steps[at]; at += direction) {
      show(at);
      const count = await countAt(at, signal);
      if (count === before && at !== own && direction !== 0) continue;
      shown = at;
      return show(at);
    }
    show(shown);
    output.textContent += `. ${direction > 0 ? 'Looser' : 'Stricter'} limits pick as many.`;
  };

  slider.addEventListener('input', async () => {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const to = Number(slider.value);
    show(to);
    await new Promise((done) => setTimeout(done, pauseMs));
    if (signal.aborted) return;
    try {
      await goOn(to, signal);
    } catch (error) {
      if (signal.aborted) return;
      output.textContent =
        error instanceof TypeError ? 'Paperboy does not answer.' : String(/** @type {Error} */ (error).message);
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
