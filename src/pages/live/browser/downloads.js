import { canCopy, copy } from './marks.js';

/**
 * Adds buttons to save and copy every file. Without scripts, readers can copy its text.
 *
 * @param {ParentNode} within
 */
export const enableDownloads = (within) => {
  for (const file of within.querySelectorAll('details.file')) {
    const text = file.querySelector('pre');
    if (!(file instanceof HTMLElement) || !text || file.querySelector('.download')) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'download';
    button.textContent = `Save ${file.dataset.name}`;
    button.addEventListener('click', () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text.textContent ?? ''], { type: file.dataset.type ?? 'text/plain' }));
      link.download = file.dataset.name ?? 'file.txt';
      link.click();
      // By then the browser has saved the file.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
    text.before(button);
    if (!canCopy) continue;
    const copyButton = document.createElement('button');
    copyButton.type = 'button';
    copyButton.className = 'download';
    copyButton.textContent = 'Copy';
    copyButton.addEventListener('click', () => copy(copyButton, text.textContent ?? ''));
    text.before(copyButton);
  }
};
