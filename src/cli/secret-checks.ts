import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Config } from '../../config/load.ts';
import { wordList } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';

const dotenv = '.env';

/** Of a file's mode: users other than the owner and the group may read it. */
const readableByOthers = 0o004;

/** @returns undefined if only its owner and group can read it. Windows has other rights, which the mode does not show. */
const openMode = (file: string): string | undefined => {
  if (process.platform === 'win32') return undefined;
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return mode & readableByOthers ? (mode & 0o777).toString(8) : undefined;
};

/**
 * Shows where tokens and keys come from. Only `.env` is checked for who can read it: containers mount the files of secrets
 * so that everybody in the container can.
 */
export const checkSecrets = ({ secretFiles }: Pick<Config, 'secretFiles'>): Check[] => {
  if (secretFiles.length === 0) return [];
  const names = new Map<string, string[]>();
  for (const { name, file = 'the environment' } of secretFiles) names.set(file, [...(names.get(file) ?? []), name]);
  const detail = [...names].map(([from, ofIt]) => `${wordList(ofIt)} from ${from}`).join('; ');
  const checks: Check[] = [{ name: 'secrets', ok: true, detail }];
  for (const file of names.keys()) {
    const mode = basename(file) === dotenv ? openMode(file) : undefined;
    if (mode === undefined) continue;
    const advice = `other users of this machine can read it (mode ${mode}); run chmod 600 ${file}`;
    checks.push({ name: dotenv, ok: true, detail: advice });
  }
  return checks;
};
