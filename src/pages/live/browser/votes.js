/** @typedef {{ up: number, down: number }} Count */

/**
 * @param {HTMLFormElement} form
 * @param {Count} count
 * @param {'up' | 'down' | null} [own] The reader's own vote; unchanged if not given.
 */
const show = (form, count, own) => {
  for (const button of form.querySelectorAll('button')) {
    const vote = button.dataset.vote === 'down' ? 'down' : 'up';
    const number = button.querySelector('.number');
    const text = count[vote].toLocaleString('en');
    if (number && number.textContent !== text) number.textContent = text;
    if (own === undefined) continue;
    button.value = own === vote ? 'none' : vote;
    button.setAttribute('aria-pressed', String(own === vote));
    button.title = own === vote ? 'Remove your vote' : `Vote ${vote === 'up' ? 'for' : 'against'} this paper`;
  }
};

/**
 * @param {Readonly<Record<string, Count>>} votes By paper id; papers without votes are left out.
 */
export const showVotes = (votes) => {
  for (const form of document.querySelectorAll('form'))
    if (form.dataset.paper !== undefined) show(form, votes[form.dataset.paper] ?? { up: 0, down: 0 });
};

/**
 * Says beside a form why it failed.
 *
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
export const showProblem = (form, error) => {
  const line = form.querySelector('.problem') ?? form.appendChild(document.createElement('span'));
  line.className = 'problem';
  line.setAttribute('role', 'alert');
  line.textContent =
    error instanceof TypeError ? 'Paperboy does not answer.' : String(/** @type {Error} */ (error).message);
};

/**
 * Sends votes without a reload.
 *
 * @param {Document} page
 */
export const enableVotes = (page) => {
  page.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains('ballot')) return;
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) body.append(name, String(value));
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
      if (!answer.ok) throw new Error(await answer.text());
      form.querySelector('.problem')?.remove();
      const { count, own } = await answer.json();
      show(form, count, own);
    } catch (error) {
      showProblem(form, error);
    }
  });
};
