import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { grammarProblems } from '../../src/chat/language/grammar.ts';
import { parseCommand } from '../../src/chat/language/parse.ts';
import { type CommandEntry, listedCommands } from '../../src/core/command.ts';

const now = new Date('2025-07-08T13:00:00Z');
const all = listedCommands(commands);

const folder = join(import.meta.dirname, '../../commands');

const isEntry = (value: unknown): value is CommandEntry =>
  typeof value === 'object' && value !== null && 'name' in value && ('run' in value || 'commands' in value);

/** Every command that a file under commands/ exports. */
const exported = async (): Promise<{ file: string; entry: CommandEntry }[]> => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && file !== 'index.ts' && !file.startsWith('shared'),
  );
  const found = await Promise.all(
    files.map(async (file) => {
      const module: Record<string, unknown> = await import(join(folder, file));
      return Object.values(module)
        .filter(isEntry)
        .map((entry) => ({ file: `commands/${file}`, entry }));
    }),
  );
  return found.flat();
};

describe('the list of commands', () => {
  it('has every command', async () => {
    const listed = new Set<CommandEntry>([...commands, ...all.map(({ command }) => command)]);
    for (const { file, entry } of await exported())
      expect(
        listed.has(entry),
        `${file} exports the command "${entry.name}", which nobody can call. Import it in commands/index.ts and add it to one of the \`sections\` there (to \`hidden\` if only buttons or forms call it), or to \`commands\` in commands/topics/index.ts.`,
      ).toBe(true);
  });

  it('keeps to the grammar', () => {
    expect(grammarProblems(commands)).toEqual([]);
    expect(all.length).toBeGreaterThan(0);
  });

  it.each(all.flatMap(({ path, command }) => command.examples.map((example) => ({ example, path, command }))))(
    'has an example "$example" that is a call of $path',
    ({ example, path, command }) => {
      expect(example === path || example.startsWith(`${path} `)).toBe(true);
      expect(parseCommand(example, commands, now).command).toBe(command);
    },
  );

  it.each(all)('explains $path and its options', ({ path, command }) => {
    expect(
      command.summary,
      `The summary of ${path} must start with a verb and a capital letter and end without a full stop, such as "Show the best papers of a day".`,
    ).toMatch(/^[A-Z].*[^.]$/);
    for (const [name, option] of Object.entries(command.options))
      expect(option.description, `The option ${name} of ${path} needs a description.`).not.toBe('');
  });
});
