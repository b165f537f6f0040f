import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/adding-a-platform.md');
const code = read('tests/fakes/bare-platform.ts') + read('tests/chat/bare/contract.test.ts');

describe('docs/adding-a-platform.md', () => {
  it.each([...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, snippet = '']) => snippet))(
    'shows code of the adapter that it builds: %s',
    (snippet) => {
      expect(code).toContain(snippet);
    },
  );

  it('names files that exist', () => {
    const linked = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => join('docs', path));
    const named = [...page.matchAll(/`((?:src|tests)\/[^`]+)`/g)].map(([, path = '']) => path);
    expect([...linked, ...named].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names exports of the kit that exist', () => {
    const exported = ['seen', 'background', 'progress', 'replies', 'text'].map((name) =>
      read(`src/chat/kit/${name}.ts`),
    );
    for (const name of ['createSeen', 'createBackground', 'createProgress', 'lateForm', 'renderText'])
      expect(
        exported.some((text) => text.includes(`export const ${name}`)),
        name,
      ).toBe(true);
  });
});
