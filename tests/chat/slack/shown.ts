/** Every `text` of Slack blocks in reading order, which is what a reader sees, because no block here has markup. */
export const shownText = (node: unknown): string => {
  if (Array.isArray(node)) return node.map(shownText).join('');
  if (typeof node !== 'object' || node === null) return '';
  return Object.entries(node)
    .map(([key, value]) => (key === 'text' && typeof value === 'string' ? value : shownText(value)))
    .join('');
};

/** What a reader sees of a form: title, labels and values. */
export const shownForm = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(shownForm);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? (key === 'text' || key === 'initial_value' ? [value] : []) : shownForm(value),
  );
};
