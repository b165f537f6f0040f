import { type Command, type CommandEntry, isGroup } from '../core/command.ts';

const namePattern = /^[a-z]{1,32}$/;

const nameProblems = (path: string, name: string): string[] =>
  namePattern.test(name) ? [] : [`${path}: a name is one word of small letters`];

const twice = (prefix: string, entries: readonly CommandEntry[]): string[] => {
  const names = entries.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${prefix}${name}: named twice`);
};

const problemsOf = (path: string, { options, examples, name }: Command): string[] => {
  const types = Object.values(options).map((option) => option.type);
  const texts = types.filter((type) => type === 'text').length;
  return [
    ...nameProblems(path, name),
    ...(texts > 1 ? [`${path}: more than one free text`] : []),
    ...(texts === 1 && types.at(-1) !== 'text' ? [`${path}: the free text is not the last option`] : []),
    ...(examples.length === 0 ? [`${path}: no example`] : []),
  ];
};

/**
 * Holds the command list to the grammar that every platform can show: a name is a command or a group, never both; one
 * level of groups; at most one free text, last.
 *
 * @returns What is wrong, empty where all is well.
 */
export const grammarProblems = (commands: readonly CommandEntry[]): string[] => [
  ...twice('', commands),
  ...commands.flatMap((entry) => {
    if (!isGroup(entry)) return problemsOf(entry.name, entry);
    return [
      ...nameProblems(entry.name, entry.name),
      ...(entry.commands.length === 0 ? [`${entry.name}: an empty group`] : []),
      ...twice(`${entry.name} `, entry.commands),
      ...entry.commands.flatMap((command) => problemsOf(`${entry.name} ${command.name}`, command)),
    ];
  }),
];
