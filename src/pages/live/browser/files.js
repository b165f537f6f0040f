/**
 * Gives every file of an answer a button that saves it; without a script its text can be copied.
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
      // The browser has taken the file by then.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
    text.before(button);
  }
};
