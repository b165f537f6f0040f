import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Rubric } from '../../src/core/score.ts';

/** The folder that the tests pretend to run in. */
export const cwd = '/home/team/paperboy';

type Files = Record<string, string | Uint8Array>;

const missing = (path: string): Error => Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });

const createRubric = (parts: { topics: string; criteria: string; language: string }): Rubric => ({
  hash: 'hash',
  template: 'template',
  ...parts,
});

/** Loads with invented files in `cwd`; paths outside of it are those of the project. */
export const load = (files: Files = {}, env: Record<string, string> = {}) =>
  loadConfig({
    env,
    cwd,
    createRubric,
    platforms,
    readFile: async (path) => {
      const text = files[path.replace(`${cwd}/`, '')];
      if (text !== undefined) return text;
      if (path === builtInCriteria) return '# Built-in criteria';
      if (path === exampleTopics) return '# Example topics';
      if (path === example) return readFile(path, 'utf8');
      throw missing(path);
    },
  });

const folder = join(import.meta.dirname, '..', '..', 'config');
const example = join(folder, 'paperboy.example.yaml');
const builtInCriteria = join(folder, 'criteria.md');
const exampleTopics = join(folder, 'topics', 'foundations.md');

/** A channel that has all it needs, as YAML. */
export const channel = (more = '', name = 'one'): string =>
  `  - name: ${name}\n    post: [console]\n    categories: [cs.LG]\n    topics: topics.md\n${more
    .split('\n')
    .filter(Boolean)
    .map((line) => `    ${line}\n`)
    .join('')}`;

export const withFile = (yaml: string, env: Record<string, string> = {}, files: Files = {}) =>
  load({ 'config/paperboy.yaml': yaml, 'config/topics.md': '# Topics', ...files }, env);

/** The problems that loading reports, without their bullets. */
export const problems = async (loading: Promise<unknown>): Promise<string[]> => {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof UserError)) throw error;
  return error.message
    .split('\n')
    .filter((line) => line.startsWith('  - '))
    .map((line) => line.slice(4));
};
