import { withoutControls } from './folding.ts';

/** Undefined if a text is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** JSON for a file, without control characters in its texts: JSON escapes most of them, but its reader gets them all. */
export const jsonFile = (value: unknown): string =>
  `${JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? withoutControls(one) : one), 2)}\n`;
