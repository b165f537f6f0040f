import { readFileSync, statSync } from 'node:fs';
import { errorText } from '../src/core/errors.ts';
import { decodeText } from './text-file.ts';

/** The variable that names a file with the secret instead: Docker and Kubernetes mount secrets as files. */
export const fileVariable = (name: string): string => `${name}_FILE`;

/** In bytes. Tokens and keys have at most a few thousand. */
const maxSize = 65_536;

const readable = (path: string): { text: string } | { fault: string } => {
  try {
    const found = statSync(path);
    // Reading a pipe could wait forever.
    if (!found.isFile()) return { fault: `${path} is not a file; write another path` };
    if (found.size > maxSize) return { fault: `${path} is too large for a secret; write another path` };
    const decoded = decodeText(readFileSync(path));
    return 'text' in decoded ? decoded : { fault: `${path} ${decoded.fault}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { fault: `there is no file ${path}; create it, or write another path` };
    return { fault: `${path} cannot be read (${errorText(error)}); fix that, or write another path` };
  }
};

/** Reads a secret, without the whitespace around it. The fault names the file, but never what is in it. */
export const readSecretFile = (path: string): { value: string } | { fault: string } => {
  const read = readable(path);
  if ('fault' in read) return read;
  const value = read.text.trim();
  if (value === '') return { fault: `${path} is empty; write the secret into it` };
  if (/[\r\n]/.test(value)) return { fault: `${path} has several lines; leave only the secret in it` };
  return { value };
};
