/** The parts of the page that a live update replaces. */
export const parts = ['.masthead', '.side', 'main', 'footer'];

const controls = 'a, button, summary, input:not([type=hidden]), select, textarea, [tabindex]';

/**
 * Remembers a control, so that it can be found after a live update: in a paper by its position, elsewhere by its id or
 * address. A paper is matched by title id, which belongs to it. On another day, the same rank belongs to another paper.
 *
 * @param {Element} control
 * @returns {() => HTMLElement | undefined}
 */
export const placeOf = (control) => {
  const paper = control.closest('.paper');
  const id = paper?.querySelector(':is(h3, h4)')?.id;
  const index = paper ? [...paper.querySelectorAll(controls)].indexOf(control) : -1;
  const part = parts.find((one) => control.closest(one));
  const address = control.getAttribute('href');
  const again = () => {
    if (id) return document.getElementById(id)?.closest('.paper')?.querySelectorAll(controls)[index];
    if (control.id) return document.getElementById(control.id);
    if (!part || address === null) return undefined;
    return [...document.querySelectorAll(`${part} a`)].find((link) => link.getAttribute('href') === address);
  };
  return () => {
    const found = control.isConnected ? control : again();
    return found instanceof HTMLElement ? found : undefined;
  };
};
