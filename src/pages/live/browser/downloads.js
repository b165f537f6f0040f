/**
 * Adds a Save button to every file. Without scripts, readers can copy its text.
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
  }
};
