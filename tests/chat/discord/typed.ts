import type { TypedOption } from '../../fakes/discord-server.ts';

/** `top 5 2025-07-08` as the fields of the subcommand that somebody fills in. */
export const typed = (text: string, names: readonly string[] = ['n', 'date']): TypedOption[] => {
  const [command = '', ...values] = text.split(' ');
  const options = values.map((value, index): TypedOption => {
    const isNumber = /^\d+$/.test(value);
    return { name: names[index] ?? `option-${index}`, type: isNumber ? 4 : 3, value: isNumber ? Number(value) : value };
  });
  return [{ name: command, type: 1, options }];
};
