import { enableDownloads } from './downloads.js';

let running = 0;
let endedAt = Number.NEGATIVE_INFINITY;

/** Milliseconds after the answer to a command within which its change arrives from the stream. */
const arrivalMs = 3_000;

/** Whether a change of the page comes from this reader's own command. */
export const isOwnChange = () => running > 0 || performance.now() - endedAt < arrivalMs;

/**
 * @param {string} text
 */
const pendingExchange = (text) => {
  const exchange = document.createElement('article');
  exchange.className = 'exchange';
  const command = exchange.appendChild(document.createElement('p'));
  command.className = 'asked';
  command.appendChild(document.createElement('code')).textContent =
    `/arxiv ${text.trim().replace(/^\/arxiv\b\s*/i, '')}`;
  const reply = exchange.appendChild(document.createElement('div'));
  reply.className = 'reply waiting';
  reply.textContent = '…';
  return exchange;
};

/**
 * Parses the server's own markup, which has no scripts and escapes all text from papers.
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
 * Reads a streamed response. Each chunk before the last ends with a NUL and contains the progress, or is empty to keep
 * the connection alive; the last is the answer. A proxy may deliver all chunks at the end.
 *
 * @param {Response} answer
 * @param {(markup: string) => void} showProgress
 */
export const answerOf = async (answer, showProgress) => {
  if (!answer.body) return '';
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return rest;
    const chunks = (rest + value).split('\0');
    rest = chunks.pop() ?? '';
    for (const chunk of chunks) if (chunk !== '') showProgress(chunk);
  }
};

/** @param {unknown} error */
export const reasonOf = (error) =>
  error instanceof TypeError
    ? 'Paperboy does not answer. Is it running?'
    : String(/** @type {Error} */ (error).message);

/**
 * Sends a command and shows its answer in the conversation.
 *
 * @param {{ address: string, body: URLSearchParams, conversation: HTMLElement }} request
 * @returns the finished exchange
 */
export const converse = async ({ address, body, conversation }) => {
  /** @type {HTMLElement} */
  let shown = pendingExchange(body.get('text') ?? '');
  conversation.append(shown);
  // Scrolls only the conversation, not the page.
  conversation.scrollTop = conversation.scrollHeight;
  const show = (/** @type {string} */ markup) => {
    const next = parsed(markup);
    shown.replaceWith(next);
    shown = next;
  };
  running += 1;
  try {
    const answer = await fetch(address, { method: 'POST', body, headers: { accept: 'text/html-fragment' } });
    if (!answer.ok) throw new Error(await answer.text());
    const markup = await answerOf(answer, show);
    if (markup === '')
      throw new Error(
        'The connection closed before the answer arrived. The command may still be running; try again later.',
      );
    show(markup);
    enableDownloads(shown);
    conversation.scrollTop = shown.offsetTop;
  } catch (error) {
    const reply = shown.querySelector('.reply');
    if (reply) reply.textContent = reasonOf(error);
  } finally {
    running -= 1;
    endedAt = performance.now();
  }
  return shown;
};
