import { enableDownloads } from './files.js';

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
  const exchange = template.content.firstElementChild;
  if (!(exchange instanceof HTMLElement)) throw new Error('Paperboy gave no answer.');
  return exchange;
};

/**
 * Reads an answer that comes in pieces: each but the last ends with a NUL and shows how far the command is, or is empty
 * and shows that it goes on; the last is the answer. A proxy may hold them back until the end.
 *
 * @param {Response} answer
 * @param {(markup: string) => void} showProgress
 */
const answerOf = async (answer, showProgress) => {
  if (!answer.body) return '';
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return rest;
    const pieces = (rest + value).split('\0');
    rest = pieces.pop() ?? '';
    const newest = pieces.filter((piece) => piece !== '').at(-1);
    if (newest !== undefined) showProgress(newest);
  }
};

/** @param {unknown} error */
const reasonOf = (error) =>
  error instanceof TypeError
    ? 'Paperboy does not answer; is it running?'
    : String(/** @type {Error} */ (error).message);

/**
 * Asks in the conversation.
 *
 * @param {{ address: string, body: URLSearchParams, conversation: HTMLElement }} ask
 * @returns the exchange as it stands at the end
 */
export const converse = async ({ address, body, conversation }) => {
  /** @type {HTMLElement} */
  let shown = pendingExchange(body.get('text') ?? '');
  conversation.append(shown);
  // Within its own box: the page stays where it is being read.
  conversation.scrollTop = conversation.scrollHeight;
  const show = (/** @type {string} */ markup) => {
    const next = parsed(markup);
    shown.replaceWith(next);
    shown = next;
  };
  try {
    const answer = await fetch(address, { method: 'POST', body, headers: { accept: 'text/html-fragment' } });
    if (!answer.ok) throw new Error(await answer.text());
    const markup = await answerOf(answer, show);
    if (markup === '')
      throw new Error('The connection ended before the answer. What you asked may go on; ask again later.');
    show(markup);
    enableDownloads(shown);
    conversation.scrollTop = shown.offsetTop;
  } catch (error) {
    const reply = shown.querySelector('.reply');
    if (reply) reply.textContent = reasonOf(error);
  }
  return shown;
};
