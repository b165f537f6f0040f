import { enableDownloads } from './downloads.js';
import { isOwnChange } from './exchange.js';
import { parts, placeOf } from './places.js';
import { enableSlider } from './slider.js';
import { showVotes } from './votes.js';

/**
 * @typedef {{ content: string, votes: Readonly<Record<string, { up: number, down: number }>>,
 *   activity: { words: string, done: number, total: number, isPaused?: true } }} State
 */

/** @param {State['activity']} activity */
const showActivity = ({ words, done, total, isPaused }) => {
  const line = document.getElementById('activity');
  const status = line?.querySelector('[role=status]');
  const bar = line?.querySelector('progress');
  const number = line?.querySelector('.number');
  const resume = line?.querySelector('.resume');
  // Only on a change, because screen readers announce it.
  if (status && status.textContent !== words) status.textContent = words;
  if (bar) {
    bar.hidden = total === 0;
    bar.max = Math.max(1, total);
    bar.value = done;
  }
  if (resume instanceof HTMLElement) resume.hidden = isPaused !== true;
  if (number) number.textContent = total > 0 ? `${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : '';
};

/** Updates the page from the server. What is open stays open, and the focus stays where it is. */
const renew = async () => {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const opened = [...document.querySelectorAll('details[open] > summary')].map(placeOf);
  const focused = document.activeElement && placeOf(document.activeElement);
  for (const sheet of fresh.querySelectorAll('link[rel=stylesheet]'))
    if (!document.querySelector(`link[href="${sheet.getAttribute('href')}"]`)) document.head.append(sheet);
  for (const part of parts) {
    const next = fresh.querySelector(part);
    if (next) document.querySelector(part)?.replaceWith(next);
  }
  enableDownloads(document);
  enableSlider();
  for (const find of opened) find()?.closest('details')?.setAttribute('open', '');
  if (document.activeElement === document.body) focused?.()?.focus({ preventScroll: true });
  document.title = fresh.title;
  document.body.dataset.content = fresh.body.dataset.content ?? '';
};

const offerRenewal = () => {
  if (document.getElementById('renewal')) return;
  const line = document.createElement('div');
  line.id = 'renewal';
  line.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Show new content';
  button.addEventListener('click', () => {
    line.remove();
    scrollTo({ top: 0 });
    renew();
  });
  line.append(button);
  document.body.append(line);
};

/** Scroll distance in pixels beyond which somebody is reading, so the page must not move. */
const readingFrom = 400;

/** Milliseconds before the first retry of a refused connection, and the maximum. */
const [firstWaitMs, maxWaitMs] = [3_000, 60_000];

/** Whether the reader is filling in a field that an update would empty. */
const isFilling = () => document.activeElement?.matches('main :is(input, select, textarea)') ?? false;

/** @param {MessageEvent<string>} event */
const showState = (event) => {
  /** @type {State} */
  const { content, votes, activity } = JSON.parse(event.data);
  showVotes(votes);
  showActivity(activity);
  if (content === document.body.dataset.content) return;
  // Nobody needs to be told of what they just did.
  if (isOwnChange() || (scrollY < readingFrom && !isFilling())) renew();
  else offerRenewal();
};

/** Keeps the page up to date; reconnects after an outage. */
export const followStream = () => {
  const { stream } = document.body.dataset;
  if (stream === undefined) return;
  /** @type {EventSource | undefined} */
  let source;
  let waitMs = firstWaitMs;
  let retry = 0;
  const leave = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  const connect = () => {
    leave();
    if (document.hidden) return;
    const opened = new EventSource(stream);
    source = opened;
    opened.addEventListener('open', () => {
      waitMs = firstWaitMs;
    });
    opened.addEventListener('state', showState);
    opened.addEventListener('error', () => {
      if (source !== opened) return;
      showActivity({ words: 'Paperboy does not answer; trying again …', done: 0, total: 0 });
      // By itself, the browser reconnects after a broken connection but not after an error status such as a proxy's
      // 502.
      if (opened.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(connect, waitMs);
      waitMs = Math.min(maxWaitMs, waitMs * 2);
    });
  };
  // Browsers allow six connections per site, and people have many tabs.
  document.addEventListener('visibilitychange', () => (document.hidden ? leave() : connect()));
  addEventListener('pagehide', leave);
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  connect();
};
