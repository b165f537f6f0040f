import { unicodeName } from './tex.ts';

const opens = new Set(['(', '[', '{']);
const closes = new Set([')', ']', '}']);

const splitOutsideBrackets = (text: string): string[] => {
  if (!/[([{]/.test(text)) return text.split(',');
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (opens.has(character)) depth += 1;
    else if (closes.has(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
    if (depth < 0) return text.split(',');
  }
  return depth === 0 ? [...parts, text.slice(start)] : text.split(',');
};

/** Removes affiliations, which follow a name in brackets: "Ada Moe (Univ. A (Dept. B), Lab C)". */
const withoutAffiliations = (name: string): string => {
  let rest = name.trim();
  while (rest.endsWith(')') || rest.endsWith(']')) {
    let depth = 0;
    let index = rest.length - 1;
    for (; index >= 0; index -= 1) {
      const character = rest.charAt(index);
      if (character === ')' || character === ']') depth += 1;
      else if (character === '(' || character === '[') depth -= 1;
      if (depth === 0) break;
    }
    if (index <= 0) break;
    rest = rest.slice(0, index).trimEnd();
  }
  return rest;
};

const suffix = /^(?:Jr|Sr)\.?$|^(?:II|III|IV)$/;

/** The names in an author line such as `Ada Moe (Univ. A, Lab B), Bo Ek, and Cy D\'ia`, as Unicode, without affiliations. */
export const splitAuthors = (line: string): string[] => {
  const names: string[] = [];
  for (const part of splitOutsideBrackets(line.replace(/\s+/g, ' '))) {
    const name = unicodeName(withoutAffiliations(part).replace(/^(?:and|&)\s+/i, ''));
    const previous = names.at(-1);
    if (previous !== undefined && suffix.test(name)) names[names.length - 1] = `${previous}, ${name}`;
    else if (name !== '' && !/^et al\.?$/i.test(name)) names.push(name);
  }
  return names;
};
