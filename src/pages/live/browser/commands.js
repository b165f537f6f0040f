import { enableOffers } from './offers.js';

const byId = (/** @type {string} */ id) => document.getElementById(id);

/**
 * A command that waits for its answer.
 *
 * @param {string} text
 */
const pendingExchange = (text) => {
  const exchange = document.createElement('article');
  exchange.className = 'exchange';
  const asked = exchange.appendChild(document.createElement('p'));
  asked.className = 'asked';
  asked.appendChild(document.createElement('code')).textContent = `/arxiv ${text.trim().replace(/^\/arxiv\b\s*/i, '')}`;
  const reply = exchange.appendChild(document.createElement('div'));
  reply.className = 'reply waiting';
  reply.textContent = '…';
  return exchange;
};

/**
 * The server's own markup, which holds no script and has everything from papers escaped.
 *
 * @param {string} markup
 */
const parsed = (markup) => {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content;
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

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = input.value;
    if (text.trim() === '') return;
    offers.close();
    asked.push(text);
    place = asked.length;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, String(value));
    input.value = '';
    const exchange = pendingExchange(text);
    conversation.append(exchange);
    answers.hidden = false;
    // Within its own box: the page stays where it is being read.
    conversation.scrollTop = conversation.scrollHeight;
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html-fragment' } });
      if (!answer.ok) throw new Error(await answer.text());
      const content = parsed(await answer.text());
      const first = content.firstElementChild;
      exchange.replaceWith(content);
      if (first instanceof HTMLElement) conversation.scrollTop = first.offsetTop;
    } catch (error) {
      const reply = exchange.querySelector('.reply');
      const reason =
        error instanceof TypeError ? 'Paperboy does not answer; is it running?' : /** @type {Error} */ (error).message;
      if (reply) reply.textContent = reason;
    }
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
    const isElsewhere = !(event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement);
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !isElsewhere) return;
    event.preventDefault();
    input.focus();
  });
};
