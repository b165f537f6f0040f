import { placeWords } from '../../../src/chat/language/placement.ts';
import { namedCommand, wordsOf } from '../../../src/chat/language/words.ts';
import type { CommandEntry } from '../../../src/core/command.ts';
import type { TypedOption } from '../../fakes/discord-server.ts';

/** `top 5 2025-07-08` as the options of a subcommand. */
export const inputs = (text: string, names: readonly string[] = ['n', 'date']): TypedOption[] => {
  const [command = '', ...values] = text.split(' ');
  const options = values.map((value, index): TypedOption => {
    const isNumber = /^\d+$/.test(value);
    return { name: names[index] ?? `option-${index}`, type: isNumber ? 4 : 3, value: isNumber ? Number(value) : value };
  });
  return [{ name: command, type: 1, options }];
};

/** A command text as the options that a person would fill in on Discord. */
export const inputsFor = (commands: readonly CommandEntry[], text: string): TypedOption[] => {
  const named = namedCommand(wordsOf(text), commands);
  if (!named) throw new Error(`"${text}" names no command`);
  const { path, command, rest } = named;
  const given = new Map<string, TypedOption>();
  for (const [index, word] of rest.entries()) {
    const { values } = placeWords(command.options, rest.slice(0, index + 1), new Date('2025-07-08T13:00:00Z'));
    for (const [name, option] of Object.entries(command.options)) {
      const value = values[name];
      // Without its value, a keyword may have been read as something else.
      if (value === undefined) given.delete(name);
      else if (typeof value === 'number') given.set(name, { name, type: 4, value });
      else if (option.type === 'text') given.set(name, { name, type: 3, value: String(value) });
      else if (option.type === 'papers') given.set(name, { name, type: 3, value: [value].flat().join(' ') });
      // The raw word, since the value is already interpreted.
      else if (!given.has(name)) given.set(name, { name, type: 3, value: word });
    }
  }
  const [first = '', second] = path.split(' ');
  const options = [...given.values()];
  if (second === undefined) return [{ name: first, type: 1, options }];
  return [{ name: first, type: 2, options: [{ name: second, type: 1, options }] }];
};
