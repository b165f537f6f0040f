import { enableDownloads } from './files.js';
import { showVotes } from './votes.js';

/**
 * @typedef {{ content: string, votes: Readonly<Record<string, { up: number, down: number }>>,
 *   activity: { words: string, done: number, total: number } }} State
 */

/** @param {State['activity']} activity */
const showActivity = ({ words, done, total }) => {
  const line = document.getElementById('activity');
  const said = line?.querySelector('[role=status]');
  const bar = line?.querySelector('progress');
  const number = line?.querySelector('.number');
  // Said aloud only when it changes.
  if (said && said.textContent !== words) said.textContent = words;
  if (bar) {
    bar.hidden = total === 0;
    bar.max = Math.max(1, total);
    bar.value = done;
  }
  if (number) number.textContent = total > 0 ? `${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : '';
};

/** Puts what the server shows now in place of what the page shows; what the reader opened stays open. */
const renew = async () => {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  // By their titles' ids, which are the papers' own: another day has other papers at the same places.
  const opened = [...document.querySelectorAll('main .paper:has(.abstract[open]) :is(h3, h4)')].map(({ id }) => id);
  for (const sheet of fresh.querySelectorAll('link[rel=stylesheet]'))
    if (!document.querySelector(`link[href="${sheet.getAttribute('href')}"]`)) document.head.append(sheet);
  for (const part of ['.masthead', '.side', 'main', 'footer']) {
    const next = fresh.querySelector(part);
    if (next) document.querySelector(part)?.replaceWith(next);
  }
  for (const id of opened)
    document.getElementById(id)?.closest('.paper')?.querySelector('.abstract')?.setAttribute('open', '');
  enableDownloads(document);
  document.title = fresh.title;
  document.body.dataset.content = fresh.body.dataset.content ?? '';
};

/** Says that there is something new, for a reader who is in the middle of something. */
const offerRenewal = () => {
  if (document.getElementById('renewal')) return;
  const line = document.createElement('div');
  line.id = 'renewal';
  line.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'There is something new here: show it';
  button.addEventListener('click', () => {
    line.remove();
    scrollTo({ top: 0 });
    renew();
  });
  line.append(button);
  document.body.append(line);
};

/** A reader this far down the page, in pixels, is reading; nothing is moved under their eyes. */
const readingFrom = 400;

/** Milliseconds until a refused connection is tried again: at first, and at most. */
const [firstWaitMs, longestWaitMs] = [3_000, 60_000];

/** @param {MessageEvent<string>} event */
const showState = (event) => {
  /** @type {State} */
  const { content, votes, activity } = JSON.parse(event.data);
  showVotes(votes);
  showActivity(activity);
  if (content === document.body.dataset.content) return;
  if (scrollY < readingFrom) renew();
  else offerRenewal();
};

/** Keeps the page as the bot sees it, and connects again when the bot was away. */
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
      // The browser tries again by itself after a broken connection, but gives up at an answer such as a proxy's 502.
      if (opened.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(connect, waitMs);
      waitMs = Math.min(longestWaitMs, waitMs * 2);
    });
  };
  // Browsers allow a site six connections, and people have many tabs.
  document.addEventListener('visibilitychange', () => (document.hidden ? leave() : connect()));
  addEventListener('pagehide', leave);
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  connect();
};
