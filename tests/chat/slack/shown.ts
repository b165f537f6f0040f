/** Every `text` of Slack blocks in reading order: what a reader sees, since no block used here holds markup. */
export const shownText = (node: unknown): string => {
  if (Array.isArray(node)) return node.map(shownText).join('');
  if (typeof node !== 'object' || node === null) return '';
  return Object.entries(node)
    .map(([key, value]) => (key === 'text' && typeof value === 'string' ? value : shownText(value)))
    .join('');
};

/** What a reader sees of a form: its title, its labels and what stands in its fields. */
export const shownForm = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(shownForm);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? (key === 'text' || key === 'initial_value' ? [value] : []) : shownForm(value),
  );
};
