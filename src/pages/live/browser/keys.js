const descriptions = [
  ['j', 'Next paper'],
  ['k', 'Previous paper'],
  ['o', 'Open or close the abstract'],
  ['s', 'Save, or remove from your list'],
  ['u', 'Mark as read or unread'],
  ['/', 'Type a command'],
  ['?', 'Show these keys'],
  ['Esc', 'Close what is open'],
];

const createSheet = () => {
  const sheet = document.createElement('dialog');
  sheet.id = 'keys';
  sheet.setAttribute('aria-labelledby', 'keys-title');
  const title = sheet.appendChild(document.createElement('h2'));
  title.id = 'keys-title';
  title.textContent = 'Keys';
  const list = sheet.appendChild(document.createElement('dl'));
  for (const [key, words] of descriptions) {
    const row = list.appendChild(document.createElement('div'));
    const term = row.appendChild(document.createElement('dt'));
    term.appendChild(document.createElement('kbd')).textContent = key ?? '';
    row.appendChild(document.createElement('dd')).textContent = words ?? '';
  }
  const buttons = sheet.appendChild(document.createElement('div'));
  buttons.className = 'buttons';
  const close = buttons.appendChild(document.createElement('button'));
  close.type = 'button';
  close.textContent = 'Close';
  close.addEventListener('click', () => sheet.close());
  document.body.append(sheet);
  return sheet;
};

const toggleSheet = () => {
  const found = document.getElementById('keys');
  const sheet = found instanceof HTMLDialogElement ? found : createSheet();
  if (sheet.open) sheet.close();
  else sheet.showModal();
};

/** Papers of a digest and of the reading list. */
const listed = 'main :is(.paper, .saved > li)';

const papers = () => [...document.querySelectorAll(listed)];

/** The paper with the focus, or else the one at the top of the window. */
const currentPaper = () => {
  const focused = document.activeElement?.closest(listed);
  return focused ?? undefined;
};

/** @param {1 | -1} step */
const move = (step) => {
  const all = papers();
  const current = currentPaper();
  // Without a focused paper, j goes to the first that begins in the window or below it.
  const start = current
    ? all.indexOf(current)
    : all.findIndex((one) => one.getBoundingClientRect().top >= 0) - (step > 0 ? 1 : 0);
  const next = all[Math.min(all.length - 1, Math.max(0, start + step))];
  const link = next?.querySelector(':is(h3, h4) a') ?? next?.querySelector('a');
  if (!next || !(link instanceof HTMLElement)) return;
  link.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
};

/** @param {string} selector */
const press = (selector) => {
  const control = currentPaper()?.querySelector(selector);
  if (control instanceof HTMLElement) control.click();
};

/** @type {Readonly<Record<string, () => void>>} */
const actions = {
  j: () => move(1),
  k: () => move(-1),
  o: () => press('.abstract > summary'),
  s: () => press('button[name=save]'),
  u: () => press('button[name=read]'),
  '?': toggleSheet,
};

/** @param {EventTarget | null} target */
const isField = (target) =>
  target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);

/** Single keys for reading, as in mail programs. Fields and other shortcuts keep their keys. */
export const enableKeys = () => {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action) return;
    // Only the sheet's own key works while it is open.
    if (document.querySelector('#keys[open]') && event.key !== '?') return;
    event.preventDefault();
    action();
  });
};
