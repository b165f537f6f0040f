import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { grammarProblems } from '../../src/chat/language/grammar.ts';
import { parseCommand } from '../../src/chat/language/parse.ts';
import { type Command, isGroup } from '../../src/core/command.ts';

const now = new Date('2025-07-08T13:00:00Z');
const all: { path: string; command: Command }[] = commands.flatMap((entry) =>
  isGroup(entry)
    ? entry.commands.map((command) => ({ path: `${entry.name} ${command.name}`, command }))
    : [{ path: entry.name, command: entry }],
);

describe('the list of commands', () => {
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

  it.each(all)('says of $path what it does and what its options are', ({ command }) => {
    expect(command.summary).toMatch(/^[a-z].*[^.]$/);
    for (const option of Object.values(command.options)) expect(option.description).not.toBe('');
  });
});
