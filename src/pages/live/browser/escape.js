/**
 * Closes something on Escape, unless another part has used the key or a dialog is open.
 *
 * @param {() => boolean} close returns whether it closed something
 */
export const onEscape = (close) => {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return;
    if (close()) event.preventDefault();
  });
};

/** Closes the innermost open part around the focus, and focuses what opened it. */
const closeAroundFocus = () => {
  let part = document.activeElement?.closest('details[open]');
  // Wide pages show some parts without a line that opens them.
  while (part && !part.querySelector('summary')?.checkVisibility())
    part = part.parentElement?.closest('details[open]') ?? undefined;
  if (!part) return false;
  part.removeAttribute('open');
  part.querySelector('summary')?.focus();
  return true;
};

export const enableEscape = () => onEscape(closeAroundFocus);
